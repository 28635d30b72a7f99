// 复制成文字 and 存成图片: the buttons appear only where they work; the text can be selected without them. WeChat's browser
// downloads nothing, but a picture on the page can be kept by a long press.
(function () {
  "use strict";
  function copied(area) {
    area.focus();
    area.select();
    area.setSelectionRange(0, area.value.length);
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(area.value);
    return document.execCommand("copy") ? Promise.resolve() : Promise.reject(new Error("copy"));
  }
  function wrapped(pen, text, most) {
    var lines = [];
    text.split("\n").forEach(function (paragraph) {
      var line = "";
      Array.from(paragraph).forEach(function (letter) {
        if (line && pen.measureText(line + letter).width > most) {
          lines.push(line);
          line = "";
        }
        line += letter;
      });
      lines.push(line);
    });
    return lines;
  }
  function picture(text) {
    var width = 750, edge = 40, height = 48, font = "30px " + getComputedStyle(document.body).fontFamily;
    var canvas = document.createElement("canvas");
    var pen = canvas.getContext("2d");
    pen.font = font;
    var lines = wrapped(pen, text, width - 2 * edge);
    canvas.width = width;
    canvas.height = lines.length * height + 2 * edge;
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#22201e";
    pen.font = font;
    pen.textBaseline = "top";
    lines.forEach(function (line, number) { pen.fillText(line, edge, edge + number * height); });
    return canvas.toDataURL("image/png");
  }
  document.querySelectorAll("[data-copy]").forEach(function (box) {
    var area = box.querySelector("textarea");
    var button = box.querySelector("[data-copy-button]");
    var said = box.querySelector("[data-copy-said]");
    var draw = box.querySelector("[data-image-button]");
    var frame = box.querySelector("[data-image]");
    button.hidden = false;
    draw.hidden = false;
    draw.addEventListener("click", function () {
      var image = frame.querySelector("img") || frame.appendChild(document.createElement("img"));
      image.src = picture(area.value);
      image.alt = area.value;
      frame.hidden = false;
    });
    button.addEventListener("click", function () {
      copied(area).then(
        function () { said.textContent = "复制好了，到微信群里长按，选“粘贴”。"; },
        function () { said.textContent = "没有复制成。请长按上面的文字，选“全选”，再“复制”。"; }
      );
    });
  });
})();

// 复制成文字: the button appears only where it works; the text can be selected without it.
(function () {
  "use strict";
  function copied(area) {
    area.focus();
    area.select();
    area.setSelectionRange(0, area.value.length);
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(area.value);
    return document.execCommand("copy") ? Promise.resolve() : Promise.reject(new Error("copy"));
  }
  document.querySelectorAll("[data-copy]").forEach(function (box) {
    var area = box.querySelector("textarea");
    var button = box.querySelector("[data-copy-button]");
    var said = box.querySelector("[data-copy-said]");
    button.hidden = false;
    button.addEventListener("click", function () {
      copied(area).then(
        function () { said.textContent = "复制好了，到微信群里长按，选“粘贴”。"; },
        function () { said.textContent = "没有复制成。请长按上面的文字，选“全选”，再“复制”。"; }
      );
    });
  });
})();

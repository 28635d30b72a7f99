// A form marked data-upload says how much of its file has arrived. Without this script it is sent as any form.
(function () {
  "use strict";
  var form = document.querySelector("form[data-upload]");
  if (!form || !window.FormData) return;
  var box = form.querySelector("[data-upload-progress]");
  var bar = form.querySelector("[data-upload-bar]");
  var words = form.querySelector("[data-upload-words]");
  var input = form.querySelector("input[type=file]");
  var button = form.querySelector("input[type=submit]");

  function megabytes(bytes) {
    return (bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0) + " MB";
  }
  function say(text) {
    box.hidden = false;
    words.textContent = text;
  }
  function free() {
    button.disabled = false;
    window.removeEventListener("beforeunload", warn);
  }
  function warn(event) {
    event.preventDefault();
    event.returnValue = "";
  }
  function answered(request) {
    free();
    if (request.status === 200 || request.status === 422) {
      if (request.responseURL && request.responseURL.split("#")[0] !== window.location.href.split("#")[0]) {
        window.location.assign(request.responseURL);
        return;
      }
      var page = new DOMParser().parseFromString(request.responseText, "text/html");
      var main = document.getElementById("content");
      var fresh = page.getElementById("content");
      if (main && fresh) {
        main.replaceWith(document.importNode(fresh, true));
        var summary = document.querySelector("[data-error-summary]");
        if (summary) summary.focus();
        return;
      }
    }
    say("没有传成。请过一会儿再试；老是不行，请告诉系统管理员。");
  }

  form.addEventListener("submit", function (event) {
    var file = input.files[0];
    if (!file) return;
    var most = Number(input.getAttribute("data-most-mb"));
    event.preventDefault();
    if (most && file.size > most * 1048576) {
      say("这个文件有 " + megabytes(file.size) + "，最多 " + most + " MB，不用传了。请把画面调小一点，或者分成两讲。");
      return;
    }
    var request = new XMLHttpRequest();
    request.open("POST", window.location.href);
    request.upload.addEventListener("progress", function (sent) {
      if (!sent.lengthComputable) return;
      bar.value = Math.floor((sent.loaded / sent.total) * 100);
      say("已传 " + megabytes(sent.loaded) + "，共 " + megabytes(sent.total) + (bar.value === 100 ? "，正在检查 …" : ""));
    });
    request.addEventListener("load", function () {
      answered(request);
    });
    request.addEventListener("error", function () {
      free();
      say("网络断了，没有传成。请再按一次“上传”。");
    });
    button.disabled = true;
    window.addEventListener("beforeunload", warn);
    say("正在上传 …");
    request.send(new FormData(form));
  });
})();

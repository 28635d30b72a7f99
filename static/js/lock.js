// A staff page left alone covers itself; the password uncovers it and what was half written is still there. The server
// locks by its own clock whether this runs or not; without scripts the next request shows the locked page.
(function () {
  "use strict";
  var seconds = Number(document.body.dataset.lockAfter);
  var cover = document.querySelector("[data-lock]");
  if (!seconds || !cover || !window.fetch) return;
  var page = document.getElementById("container");
  var form = cover.querySelector("form");
  var error = cover.querySelector("[data-lock-error]");
  var last = Date.now();

  function say(sentence) {
    error.textContent = sentence;
    error.hidden = !sentence;
  }
  function show() {
    page.hidden = true;
    cover.hidden = false;
    say("");
    form.password.value = "";
    form.password.focus();
  }
  function uncover() {
    cover.hidden = true;
    page.hidden = false;
    last = Date.now();
  }
  ["keydown", "pointerdown", "scroll", "touchstart"].forEach(function (name) {
    document.addEventListener(name, function () { last = Date.now(); }, { passive: true, capture: true });
  });
  window.setInterval(function () {
    if (cover.hidden && Date.now() - last > seconds * 1000) show();
  }, 1000);
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var data = new FormData(form);
    data.append("here", "1");
    window.fetch(form.action, { method: "POST", body: data, credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 204) return uncover();
      if (answer.status === 401) return answer.json().then(function (told) { window.location.assign(told.url); });
      if (answer.status === 422) return answer.json().then(function (told) { say(told.sentence); });
      say("登录已经结束，请刷新本页重新登录。");
    }).catch(function () {
      say("网络不通，请稍后再试。");
    });
  });
})();

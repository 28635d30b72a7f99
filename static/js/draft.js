// A long form keeps itself: every few seconds and when the page is left. What could not be sent (no connection, signed
// out) stays in this browser and is sent when the page is opened again. The server keeps it sealed for thirty days.
(function () {
  "use strict";
  var done = document.querySelector("[data-draft-done]");
  if (done && window.localStorage) window.localStorage.removeItem("draft:" + done.dataset.draftDone);
  var form = document.querySelector("form[data-draft]");
  if (!form || !window.fetch || !window.FormData) return;
  var url = form.dataset.draft;
  var place = "draft:" + url;
  var state = document.querySelector("[data-draft-state]");
  var token = form.querySelector("input[name=csrfmiddlewaretoken]").value;
  var sent = text();
  var every = 4000;

  function text() {
    var data = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") data.append(name, value);
    });
    return data.toString();
  }
  function say(words) {
    if (!state) return;
    state.hidden = false;
    state.textContent = words;
  }
  function store(value) {
    try {
      if (value === null) window.localStorage.removeItem(place);
      else window.localStorage.setItem(place, JSON.stringify({ page: location.pathname, text: value }));
    } catch (error) {
      return; // private mode: the server's draft is all there is
    }
  }
  function send(now, leaving) {
    return window.fetch(url, {
      method: "POST", body: now, credentials: "same-origin", redirect: "manual", keepalive: Boolean(leaving),
      headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token, "X-Autosave": "1" }
    }).then(function (answer) {
      if (answer.status !== 204) throw new Error("not kept");
      sent = now;
      store(null);
      say("已自动存好");
    });
  }
  function keep(leaving) {
    var now = text();
    if (now === sent) return;
    store(now);
    send(now, leaving).catch(function () { say("网络不通或已退出，先存在这台手机上，连上以后接着存。"); });
  }
  function restore() {
    var left = null;
    try {
      left = JSON.parse(window.localStorage.getItem(place) || "null");
    } catch (error) {
      store(null);
    }
    if (!left) return;
    if (left.page !== location.pathname) return store(null); // that screen was taken; this is another one
    var data = new URLSearchParams(left.text);
    // Sent and recorded, though the answer never came: nothing is left of it to send.
    if (data.get("key") && (form.dataset.draftUsed || "").split(" ").indexOf(data.get("key")) >= 0) return store(null);
    form.querySelectorAll("input, select, textarea").forEach(function (field) {
      // A hidden key comes back with what was typed: sent again, it is the same form.
      if (!field.name || field.type === "file" || !data.has(field.name)) return;
      if (field.type === "hidden" && !field.hasAttribute("data-draft-key")) return;
      if (field.type === "radio" || field.type === "checkbox") field.checked = data.getAll(field.name).indexOf(field.value) >= 0;
      else field.value = data.get(field.name);
    });
    form.dispatchEvent(new Event("change"));
    keep(false);
  }
  restore();
  window.setInterval(function () { keep(false); }, every);
  window.addEventListener("online", function () { keep(false); });
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") keep(true); });
  window.addEventListener("pagehide", function () { keep(true); });
  form.addEventListener("submit", function () { store(text()); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) keep(false); });
})();

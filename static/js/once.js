// A form marked data-once is sent once: the second press within 5 seconds is swallowed.
// The server holds its own guard; this only spares the reader a confusing second answer.
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once")) return;
    var now = Date.now();
    var before = Number(form.getAttribute("data-sent-at") || 0);
    if (now - before < 5000) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent-at", String(now));
  });
})();

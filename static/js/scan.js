// The box of the desk: a reader types fast and ends each line with Enter, a hand ends with one. Enter sends the form once
// nothing more has come for a moment; Shift+Enter begins a line. Without scripts the button sends it.
(function () {
  "use strict";
  var QUIET = 180;
  document.querySelectorAll("[data-scan]").forEach(function (box) {
    var timer = null;
    box.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      if (timer) {
        window.clearTimeout(timer);
        timer = null;
      }
      if (event.key !== "Enter" || event.shiftKey) return;
      timer = window.setTimeout(function () {
        if (box.form.requestSubmit) box.form.requestSubmit();
        else box.form.submit();
      }, QUIET);
    });
  });
})();

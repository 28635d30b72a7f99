// On narrow screens the staff menu and the filters start closed. Without scripts they stay open: nothing is lost.
(function () {
  "use strict";
  if (!window.matchMedia("(max-width: 1000px)").matches) return;
  document.querySelectorAll("details[data-side]").forEach(function (part) {
    part.open = false;
  });
})();

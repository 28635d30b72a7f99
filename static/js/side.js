// On narrow screens the staff menu starts closed. Without scripts it stays open: nothing is lost.
(function () {
  "use strict";
  var menu = document.querySelector("[data-side]");
  if (menu && window.matchMedia("(max-width: 1000px)").matches) menu.open = false;
})();

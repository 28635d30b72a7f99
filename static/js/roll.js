// 点名: how many are ticked, as one ticks; the server counts again.
(function () {
  "use strict";
  var form = document.querySelector("[data-roll]");
  if (!form) return;
  var count = form.querySelector("[data-count] b");
  form.addEventListener("change", function () {
    count.textContent = String(
      form.querySelectorAll("input[type=radio][value=present]:checked, input[type=radio][value=online]:checked").length
    );
  });
})();

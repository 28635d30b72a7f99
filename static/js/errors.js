// After a refused form: the error summary gets the focus, so that a screen reader starts there.
(function () {
  "use strict";
  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();

// Reads the article marked data-aloud-text with the browser's own voice. No server takes part.
// The controls stay hidden where the browser has no speech; nothing starts by itself.
(function () {
  "use strict";
  var bar = document.querySelector("[data-aloud]");
  var text = document.querySelector("[data-aloud-text]");
  if (!bar || !text || !window.speechSynthesis || !window.SpeechSynthesisUtterance) return;
  var voice = window.speechSynthesis;
  var start = bar.querySelector("[data-aloud-start]");
  var pause = bar.querySelector("[data-aloud-pause]");
  bar.hidden = false;

  function read(rate) {
    voice.cancel();
    var parts = text.querySelectorAll("h1, h2, h3, p, li");
    parts.forEach(function (part) {
      var line = new SpeechSynthesisUtterance(part.textContent);
      line.lang = "zh-CN";
      line.rate = rate;
      voice.speak(line);
    });
    pause.hidden = false;
    pause.textContent = "暂停";
  }

  start.addEventListener("click", function () {
    read(Number(bar.getAttribute("data-aloud-rate")) || 0.8);
  });
  pause.addEventListener("click", function () {
    if (voice.paused) {
      voice.resume();
      pause.textContent = "暂停";
    } else {
      voice.pause();
      pause.textContent = "接着读";
    }
  });
  window.addEventListener("pagehide", function () {
    voice.cancel();
  });
})();

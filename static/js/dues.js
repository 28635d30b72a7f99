// January's grid: the monthly amount beside each base while it is typed. The server computes it again.
"use strict";
(function () {
  const form = document.querySelector("form[data-dues-limits]");
  if (!form) return;
  const numbers = (text) => text.split(" ").filter(Boolean).map(Number);
  const limits = numbers(form.dataset.duesLimits);
  const rates = numbers(form.dataset.duesRates);
  // In hundredths of a cent times hundred, whole numbers only: 4301.00 yuan at 0.5 % is 21.505, rounded up.
  const step = Math.round(Number(form.dataset.duesStep) * 100);
  function amount(text) {
    const match = /^\s*(\d{1,7})(?:\.(\d{1,2}))?\s*元?\s*$/.exec(text.replace(/[,，]/g, ""));
    if (!match) return "";
    const cents = Number(match[1]) * 100 + Number((match[2] || "").padEnd(2, "0"));
    const place = limits.findIndex((limit) => cents <= Math.round(limit * 100));
    const rate = Math.round(rates[place === -1 ? limits.length : place] * 100);
    const whole = Math.floor((cents * rate * 2 + step * 10000) / (step * 20000)) * step;
    return (whole / 100).toFixed(2);
  }
  form.addEventListener("input", (event) => {
    if (!event.target.name.endsWith("-base")) return;
    const cell = event.target.closest("tr").cells[2];
    cell.textContent = amount(event.target.value);
  });
})();

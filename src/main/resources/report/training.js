"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const data = JSON.parse($("data").textContent);
  const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
  let drawn = [];

  /* Lines over steps, in the page's colours; drawn again when these change. */
  function chart(id, series) {
    const most = series[0].points;
    $(id).setAttribute("aria-label", most.length
      ? `From ${number.format(most[0].y)} at step ${most[0].x} to ${number.format(most[most.length - 1].y)} at step ${most[most.length - 1].x}`
      : "No value");
    drawn.push(new Chart($(id), {
      type: "line",
      data: { datasets: series.map(({ name, points, color, dots }) => ({
        label: name, data: points, borderColor: css(color), backgroundColor: css(color), borderWidth: 1.5,
        showLine: !dots, pointRadius: dots || points.length === 1 ? 3 : 0, pointHitRadius: 8, tension: 0 })) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        interaction: { mode: "nearest", axis: "x", intersect: false },
        plugins: {
          legend: { display: false },
          tooltip: { displayColors: false, callbacks: { title: (items) => `step ${items[0].parsed.x}`, label: (item) => `${item.dataset.label} ${number.format(item.parsed.y)}` } },
        },
        scales: {
          x: { type: "linear", border: { display: false }, grid: { display: false }, ticks: { precision: 0, maxTicksLimit: 8, maxRotation: 0 } },
          y: { border: { display: false }, grid: { color: css("--line"), tickLength: 0 }, ticks: { padding: 6, maxTicksLimit: 5, callback: (y) => number.format(y) } },
        },
      },
    }));
  }

  function draw() {
    drawn.forEach((one) => one.destroy());
    drawn = [];
    Chart.defaults.color = css("--muted");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 11.5;
    chart("loss", [
      { name: "loss", points: data.loss, color: "--blue" },
      { name: "held back", points: data.eval_loss, color: "--red", dots: true },
    ]);
    chart("learning_rate", [{ name: "learning rate", points: data.learning_rate, color: "--blue" }]);
    chart("gradient_norm", [{ name: "gradient norm", points: data.gradient_norm, color: "--blue" }]);
    chart("tokens_per_second", [{ name: "tokens/s", points: data.tokens_per_second, color: "--blue" }]);
  }
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();

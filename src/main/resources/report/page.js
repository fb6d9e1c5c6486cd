"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /* Filters: every prompt is in the page; those that do not fit are hidden. */
  const prompts = [...document.querySelectorAll(".prompt")];
  const texts = prompts.map((p) => p.textContent.toLowerCase());
  const chosen = {};
  function filter() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    prompts.forEach((prompt, i) => {
      const fits = Object.entries(chosen).every(([name, value]) => !value || prompt.dataset[name] === value)
        && words.every((word) => texts[i].includes(word));
      prompt.hidden = !fits;
      shown += fits;
    });
    $("shown").textContent = `${shown} of ${prompts.length}`;
    $("none").hidden = shown > 0;
  }
  if ($("search")) {
    $("search").addEventListener("input", filter);
    for (const button of document.querySelectorAll("button[data-filter]")) {
      button.addEventListener("click", () => {
        chosen[button.dataset.filter] = button.dataset.value;
        for (const other of button.parentElement.children) {
          other.setAttribute("aria-pressed", String(other === button));
        }
        filter();
      });
    }
    for (const select of document.querySelectorAll("select[data-filter]")) {
      select.addEventListener("change", () => {
        chosen["f" + select.dataset.filter] = select.value;
        filter();
      });
    }
    filter();
  }

  /* Charts, in the page's colours; drawn again when these change. */
  if (!$("data")) return;
  const data = JSON.parse($("data").textContent);
  const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
  const span = data.part * (data.total.running.length || 1);
  const clock = new Intl.DateTimeFormat("en-GB", span < 600000
    ? { hour: "2-digit", minute: "2-digit", second: "2-digit" }
    : span < 172800000 ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const time = (ms) => clock.format(new Date(ms));
  const end = data.start + span;
  let drawn = [];

  function base(extra) {
    const line = css("--line");
    const axis = { border: { display: false }, grid: { color: line, tickLength: 0 }, ticks: { padding: 6, maxTicksLimit: 5 } };
    return {
      animation: false, responsive: true, maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { display: false },
        tooltip: { backgroundColor: css("--ink"), titleColor: css("--card"), bodyColor: css("--card"), displayColors: false, padding: 9, cornerRadius: 6, caretSize: 0, ...extra.tooltip },
      },
      scales: {
        x: { ...axis, ...extra.x, grid: { display: false }, ticks: { ...axis.ticks, maxRotation: 0, autoSkipPadding: 18, ...(extra.x && extra.x.ticks) } },
        y: { ...axis, beginAtZero: true, ...extra.y, ticks: { ...axis.ticks, ...(extra.y && extra.y.ticks) } },
      },
    };
  }

  const timeAxis = { type: "linear", min: data.start, max: end, ticks: { callback: time, maxTicksLimit: 6 } };

  function line(id, values, unit) {
    const blue = css("--blue");
    const points = values.map((y, i) => ({ x: data.start + (i + 0.5) * data.part, y }));
    const mean = values.reduce((a, b) => a + b, 0) / (values.length || 1);
    $(id).setAttribute("aria-label", `Over time: on average ${number.format(mean)}, at most ${number.format(Math.max(0, ...values))} ${unit}`);
    drawn.push(new Chart($(id), {
      type: "line",
      data: { datasets: [{ data: points, borderColor: blue, backgroundColor: css("--blue-soft"), fill: true, borderWidth: 1.5, pointRadius: 0, pointHitRadius: 8, tension: 0 }] },
      options: base({ x: timeAxis, tooltip: { callbacks: { title: (items) => time(items[0].parsed.x), label: (item) => `${number.format(item.parsed.y)} ${unit}` } } }),
    }));
  }

  function engines() {
    const names = data.engines.map((e) => e.name);
    const bars = [];
    const colors = [];
    const blue = css("--blue");
    data.engines.forEach((engine) => engine.busy.forEach((busy, i) => {
      if (busy > 0.005) {
        bars.push({ x: [data.start + i * data.part, data.start + (i + 1) * data.part], y: engine.name, busy });
        colors.push(blue + Math.round(255 * (0.2 + 0.8 * Math.min(1, busy))).toString(16).padStart(2, "0"));
      }
    }));
    $("engines-plot").style.height = `${46 + 30 * Math.max(1, names.length)}px`;
    $("engines").setAttribute("aria-label", `When each of ${names.length} engines worked; the table below has the shares`);
    const options = base({
      x: timeAxis,
      y: { type: "category", labels: names, offset: true, ticks: { maxTicksLimit: undefined, autoSkip: false }, grid: { display: false } },
      tooltip: { callbacks: { title: (items) => items[0].raw.y, label: (item) => `${time(item.raw.x[0])}: ${Math.round(100 * item.raw.busy)} % busy` } },
    });
    options.indexAxis = "y";
    options.interaction = { mode: "nearest", intersect: true };
    drawn.push(new Chart($("engines"), {
      type: "bar",
      data: { labels: names, datasets: [{ data: bars, backgroundColor: colors, borderWidth: 0, borderSkipped: false, barThickness: 16, grouped: false }] },
      options,
    }));
  }

  function bars({ id, step, counts }) {
    const ms = id.endsWith("_ms");
    const scale = ms && step * counts.length >= 10000 ? 1000 : 1;
    const unit = ms ? (scale === 1 ? " ms" : " s") : "";
    const from = (i) => number.format(i * step / scale);
    let last = counts.length - 1;
    while (last > 0 && counts[last] === 0) last--;
    const shown = counts.slice(0, last + 1);
    const title = (i) => i === counts.length - 1 ? `${from(i)}${unit} or more` : `${from(i)} to ${from(i + 1)}${unit}`;
    const most = shown.indexOf(Math.max(...shown));
    $(id).setAttribute("aria-label", shown.length ? `Histogram: most values lie in ${title(most)}` : "No value");
    drawn.push(new Chart($(id), {
      type: "bar",
      data: { labels: shown.map((_, i) => from(i) + (i === counts.length - 1 ? "+" : "")), datasets: [{ data: shown, backgroundColor: shown.map((_, i) => i === counts.length - 1 ? css("--red") : css("--blue")), categoryPercentage: 1, barPercentage: 0.92, minBarLength: 1 }] },
      options: base({
        x: { title: { display: Boolean(unit), text: unit.trim(), padding: 0 }, ticks: { maxTicksLimit: 6 } },
        y: { ticks: { maxTicksLimit: 4, precision: 0 } },
        tooltip: { callbacks: { title: (items) => title(items[0].dataIndex), label: (item) => `${number.format(item.parsed.y)} rows` } },
      }),
    }));
  }

  function draw() {
    drawn.forEach((chart) => chart.destroy());
    drawn = [];
    Chart.defaults.color = css("--muted");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 11.5;
    line("speed", data.total.tokens_per_second, "tokens/s");
    line("running", data.total.running, "completions");
    engines();
    data.bars.forEach(bars);
  }
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();

"use strict";
// Claims that can be sorted and filtered, figures that can be searched and read, links that open what they name.
(() => {
  const by = (id) => document.getElementById(id);
  const words = (input) => input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text, wanted) => wanted.every((word) => text.toLowerCase().includes(word));
  const controls = (id, update) => {
    by(id).hidden = false;
    by(id).addEventListener("input", update);
    by(id).addEventListener("submit", (event) => event.preventDefault());
    update();
  };

  // Claims: by words and by verdict.
  const body = document.querySelector("#page-claims tbody");
  const rows = [...body.children];
  const filter = () => {
    const wanted = words(by("page-words"));
    const verdict = document.querySelector("[name=verdict]:checked").value;
    for (const row of rows) {
      const own = row.dataset.verdict;
      const fits = !verdict || own === verdict || (verdict === "fails" && own === "missing");
      row.hidden = !(fits && has(row.textContent, wanted));
    }
    by("page-found").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} claims`;
  };
  controls("page-filter", filter);

  // Claims: sorted by a column, upward, then downward, then as they were.
  const heads = [...document.querySelectorAll("#page-claims .scroll > table > thead th")];
  const select = by("page-sort");
  const cell = (row, column) => {
    const text = (column ? row.children[column] : row.querySelector("code")).textContent.trim();
    const number = parseFloat(text);
    return heads[column].classList.contains("n") ? (Number.isNaN(number) ? Infinity : number) : text;
  };
  const sort = (column, direction) => {
    heads.forEach((head, i) => head.setAttribute("aria-sort", i === column && direction ? direction : "none"));
    const sign = direction === "descending" ? -1 : 1;
    const compare = (a, b) => {
      const [x, y] = [cell(a, column), cell(b, column)];
      return x === Infinity || y === Infinity ? (x === y ? 0 : x === Infinity ? 1 : -1) : x < y ? -sign : x > y ? sign : 0;
    };
    body.append(...(direction ? [...rows].sort(compare) : rows));
    select.value = direction ? `${column} ${direction}` : "";
  };
  const NEXT = { none: "ascending", ascending: "descending", descending: "" };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.setAttribute("aria-sort", "none");
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(column, NEXT[head.getAttribute("aria-sort")]));
    for (const direction of ["ascending", "descending"]) {
      select.add(new Option(`${button.textContent}, ${direction}`, `${column} ${direction}`));
    }
  });
  select.addEventListener("change", () => {
    const [column, direction] = select.value.split(" ");
    sort(Number(column), direction || "");
  });

  // Figures: by words of name, caption and description.
  const articles = [...document.querySelectorAll("#page-figures article")];
  const search = () => {
    const wanted = words(by("page-figure-words"));
    articles.forEach((article, i) => {
      const caption = article.querySelector("figcaption").textContent;
      const text = [article.getAttribute("aria-label"), caption, article.querySelector("img").alt].join(" ");
      article.hidden = !has(text, wanted);
      document.querySelectorAll("#page-figures .contents li")[i].hidden = article.hidden;
    });
    by("page-figures-found").textContent = `${articles.filter((one) => !one.hidden).length} of ${articles.length} figures`;
  };
  controls("page-search", search);

  // A link to a claim or a figure shows it and opens its details.
  const open = () => {
    const target = /^#(claim|figure)-/.test(location.hash) && by(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) {
      by("page-words").value = by("page-figure-words").value = "";
      document.querySelector("[name=verdict][value='']").checked = true;
      filter();
      search();
    }
    target.querySelector("details").open = true;
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", open);

  // The values of a figure (mf_plot::Readings) as a list: a text, a place, and which curve or grid it belongs to.
  const number = (x) => {
    const size = Math.abs(x);
    return size && (size < 1e-4 || size >= 1e8) ? x.toExponential().replace("e+", "e") : String(x);
  };
  const place = (axis, value) => {
    const on = axis.log ? Math.log : (x) => x;
    const [low, high] = axis.ends.map(on);
    return axis.at[0] + ((on(value) - low) / (high - low)) * (axis.at[1] - axis.at[0]);
  };
  const list = ({ panels }) => {
    const values = [];
    let group = 0;
    panels.forEach((panel, index) => {
      const title = panel.title || (panels.length > 1 ? `panel ${index + 1}` : "");
      const add = (names, x, y, more) => {
        const before = [title, ...names].filter(Boolean).join(", ");
        const text = `${panel.x.name} = ${number(x)}, ${panel.y.name} = ${number(y)}${more}`;
        values.push({ text: before ? `${before}: ${text}` : text, across: place(panel.x, x), down: place(panel.y, y), group });
      };
      const grid = panel.grid;
      if (grid) {
        const diverged = new Set(grid.diverged);
        grid.values.forEach((value, i) => {
          const shown = `: ${grid.name} = ${value === null ? "none" : number(value)}${diverged.has(i) ? ", diverged" : ""}`;
          add([], grid.x[i % grid.x.length], grid.y[Math.floor(i / grid.x.length)], shown);
        });
        group += 1;
      }
      for (const curve of panel.curves || []) {
        curve.x.forEach((x, i) => {
          const error = curve.errors && curve.errors[i] !== null ? ` ± ${number(curve.errors[i])}` : "";
          add([curve.name, curve.names && curve.names[i]], x, curve.y[i], error);
        });
        group += 1;
      }
    });
    return values;
  };

  // They are read by pointer, by touch, or by the slider below the figure.
  const NEAR = 30;
  for (const article of articles) {
    const values = list(JSON.parse(article.querySelector("script").textContent));
    if (!values.length) continue;
    const [picture, image, slider] = [".picture", "img", "input"].map((name) => article.querySelector(name));
    const [reading, dot] = ["reading", "dot"].map((name) => {
      const made = document.createElement("span");
      made.className = name;
      made.hidden = true;
      made.setAttribute("aria-hidden", "true");
      picture.append(made);
      return made;
    });
    const hide = () => (reading.hidden = dot.hidden = true);
    const point = (index) => {
      slider.value = index;
      slider.setAttribute("aria-valuetext", values[index].text);
    };
    const show = (index) => {
      point(index);
      const { text, across, down } = values[index];
      const [x, y] = [image.offsetLeft + across * image.offsetWidth, image.offsetTop + down * image.offsetHeight];
      reading.textContent = text;
      reading.hidden = dot.hidden = false;
      [dot.style.left, dot.style.top] = [`${x}px`, `${y}px`];
      reading.style.left = `${Math.max(0, Math.min(x + 12, picture.clientWidth - reading.offsetWidth))}px`;
      reading.style.top = `${y + 12 + reading.offsetHeight > picture.clientHeight ? y - 12 - reading.offsetHeight : y + 12}px`;
    };
    const nearest = (event) => {
      const box = image.getBoundingClientRect();
      let [best, least] = [-1, NEAR * NEAR];
      values.forEach(({ across, down }, index) => {
        const [dx, dy] = [box.left + across * box.width - event.clientX, box.top + down * box.height - event.clientY];
        if (dx * dx + dy * dy < least) [best, least] = [index, dx * dx + dy * dy];
      });
      if (best < 0) hide();
      else show(best);
    };
    picture.addEventListener("pointermove", nearest);
    picture.addEventListener("pointerdown", nearest);
    picture.addEventListener("pointerleave", hide);
    article.querySelector(".values").hidden = false;
    slider.max = values.length - 1;
    point(0);
    slider.addEventListener("focus", () => show(Number(slider.value)));
    slider.addEventListener("input", () => show(Number(slider.value)));
    slider.addEventListener("blur", hide);
    // The browser moves a slider by its arrow keys; Page Up and Page Down go from curve to curve.
    slider.addEventListener("keydown", (event) => {
      const { group } = values[slider.value];
      const steps = { PageDown: group + 1, PageUp: group - 1 };
      if (event.key === "Escape") hide();
      if (!(event.key in steps)) return;
      event.preventDefault();
      const first = values.findIndex((value) => value.group === steps[event.key]);
      if (first >= 0) show(first);
    });
  }
  open();
})();

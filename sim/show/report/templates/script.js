"use strict";
(function () {
  // Tables: a button in each heading sorts by its column; without a script they stand in their own order.
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var body = table.tBodies[0];
    if (!body || body.rows.length < 2) return;
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = "\u2195";
      button.setAttribute("aria-label", "Sort by " + head.textContent);
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        Array.from(table.tHead.rows[0].cells).forEach(function (each) { each.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        Array.from(table.tHead.querySelectorAll("button")).forEach(function (each) { each.textContent = "\u2195"; });
        button.textContent = down ? "\u2193" : "\u2191";
        var value = function (row) {
          var cell = row.cells[column];
          if (cell.classList.contains("missing")) return null;
          return "sort" in cell.dataset ? Number(cell.dataset.sort) : cell.textContent;
        };
        Array.from(body.rows).map(function (row) { return [value(row), row]; }).sort(function (a, b) {
          if (a[0] === null || b[0] === null) return (a[0] === null) - (b[0] === null);
          var order = typeof a[0] === "number" && typeof b[0] === "number" ? a[0] - b[0] : String(a[0]).localeCompare(String(b[0]), "en");
          return down ? -order : order;
        }).forEach(function (pair) { body.appendChild(pair[1]); });
      });
    });
  });

  // On paper what belongs to the argument is open; the longest tables only where the reader has opened them.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.from(document.querySelectorAll("details.printed:not([open])"));
    opened.forEach(function (each) { each.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (each) { each.open = false; }); });

  // The map: what lies under the pointer or has the focus is told beside it, and aloud.
  var drawing = document.getElementById("map-drawing");
  if (!drawing) return;
  var known = JSON.parse(document.getElementById("map-data").textContent);
  var tip = document.getElementById("map-tip"), said = document.getElementById("map-said");
  var units = Array.from(document.querySelectorAll("#map-units .unit"));
  var whole = drawing.getAttribute("viewBox").split(" ").map(Number), box = whole.slice();

  function minutes(tenths) { return tenths === null ? "no unit can be reached" : (tenths / 10).toFixed(1) + " minutes"; }
  function ofArea(i) {
    var before = known.before[i], after = known.after[i], from = known.unit[known.from[i]], to = known.unit[known.to[i]];
    var words = known.name[i] + ": " + minutes(before) + (from ? " to " + from : "");
    if (before === after && known.from[i] === known.to[i]) return words + ", unchanged";
    words += "; under the option " + minutes(after) + (to ? " to " + to : "");
    return before === null || after === null ? words : words + " (" + (after > before ? "+" : "") + ((after - before) / 10).toFixed(1) + ")";
  }
  function tell(words, x, y, aloud) {
    tip.textContent = words;
    tip.hidden = false;
    var frame = drawing.getBoundingClientRect();
    var left = (x - box[0]) / box[2] * frame.width, top = (y - box[1]) / box[3] * frame.height;
    tip.style.left = Math.max(0, Math.min(left + 10, frame.width - tip.offsetWidth - 4)) + "px";
    tip.style.top = (top + 14 + tip.offsetHeight > frame.height ? top - tip.offsetHeight - 12 : top + 14) + "px";
    if (aloud) said.textContent = words;
  }
  function look(next) {
    box = next;
    drawing.setAttribute("viewBox", box.map(function (v) { return v.toFixed(1); }).join(" "));
    var size = box[2] / whole[2];
    units.forEach(function (unit) {
      unit.setAttribute("transform", "translate(" + unit.dataset.x + " " + unit.dataset.y + ") scale(" + Math.pow(size, 0.75).toFixed(3) + ")");
    });
    tip.hidden = true;
  }
  function shaped(x, y, width) {
    var w = Math.min(width, whole[2]), h = w * whole[3] / whole[2];
    return [Math.max(whole[0], Math.min(x - w / 2, whole[2] - w)), Math.max(whole[1], Math.min(y - h / 2, whole[3] - h)), w, h];
  }
  function nearest(x, y) {
    var reach = Math.pow(14 * box[2] / drawing.getBoundingClientRect().width, 2), best = reach, found = null;
    units.forEach(function (unit) {
      var d = Math.pow(unit.dataset.x - x, 2) + Math.pow(unit.dataset.y - y, 2);
      if (d < best * 0.5) { best = d * 2; found = [unit.getAttribute("aria-label"), Number(unit.dataset.x), Number(unit.dataset.y)]; }
    });
    for (var i = 0; i < known.x.length; i++) {
      var dx = known.x[i] / 10 - x, dy = known.y[i] / 10 - y, far = dx * dx + dy * dy;
      if (far < best) { best = far; found = [ofArea(i), known.x[i] / 10, known.y[i] / 10]; }
    }
    return found;
  }
  function at(event) {
    var frame = drawing.getBoundingClientRect();
    return nearest(box[0] + (event.clientX - frame.left) / frame.width * box[2], box[1] + (event.clientY - frame.top) / frame.height * box[3]);
  }
  drawing.addEventListener("pointermove", function (event) {
    var found = at(event);
    if (found) tell(found[0], found[1], found[2], false); else tip.hidden = true;
  });
  drawing.addEventListener("pointerleave", function () { tip.hidden = true; });
  drawing.addEventListener("click", function (event) {
    var found = at(event);
    if (found) tell(found[0], found[1], found[2], true);
  });
  function focused(unit) { tell(unit.getAttribute("aria-label"), Number(unit.dataset.x), Number(unit.dataset.y), false); }
  units.forEach(function (unit, place) {
    unit.addEventListener("focus", function () { focused(unit); });
    unit.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      var next = event.key === "Home" ? 0 : event.key === "End" ? units.length - 1 : step ? (place + step + units.length) % units.length : null;
      if (event.key === "Escape") tip.hidden = true;
      if (next === null) return;
      event.preventDefault();
      unit.setAttribute("tabindex", "-1");
      units[next].setAttribute("tabindex", "0");
      units[next].focus();
    });
  });
  document.getElementById("map-in").addEventListener("click", function () { look(shaped(box[0] + box[2] / 2, box[1] + box[3] / 2, Math.max(20, box[2] / 1.8))); });
  document.getElementById("map-out").addEventListener("click", function () { look(shaped(box[0] + box[2] / 2, box[1] + box[3] / 2, box[2] * 1.8)); });
  document.getElementById("map-body").addEventListener("change", function () {
    if (!this.value) return look(whole.slice());
    var of = this.value.split(" ").map(Number);
    look(shaped(of[0] + of[2] / 2, of[1] + of[3] / 2, Math.max(of[2], of[3] * whole[2] / whole[3])));
  });
  var find = document.getElementById("map-find"), list = document.getElementById("map-found");
  find.addEventListener("input", function () {
    list.textContent = "";
    var words = find.value.trim().toLowerCase();
    if (words.length < 2) return;
    var found = [];
    units.forEach(function (unit) {
      var label = unit.getAttribute("aria-label");
      if (label.toLowerCase().indexOf(words) >= 0) found.push([label.split(": ")[0], label, Number(unit.dataset.x), Number(unit.dataset.y)]);
    });
    known.name.forEach(function (name, i) {
      if (found.length < 12 && name.toLowerCase().indexOf(words) >= 0) found.push([name, ofArea(i), known.x[i] / 10, known.y[i] / 10]);
    });
    found.slice(0, 12).forEach(function (each) {
      var item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = each[0];
      button.addEventListener("click", function () { look(shaped(each[2], each[3], whole[2] / 5)); tell(each[1], each[2], each[3], true); });
      item.appendChild(button);
      list.appendChild(item);
    });
    if (!found.length) { var none = document.createElement("li"); none.textContent = "Nothing of that name."; list.appendChild(none); }
  });
})();

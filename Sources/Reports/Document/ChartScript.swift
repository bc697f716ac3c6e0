extension PageScript {
  /// Shows the values of charts under the pointer, or with the arrow keys if a chart has the focus.
  ///
  /// Without the script, the tables below the charts have the numbers.
  static let chartValues = """
    (function () {
      'use strict';

      function number(value) {
        var size = Math.abs(value);
        if (size === 0) { return '0'; }
        if (size >= 1e6 || size < 1e-3) { return value.toExponential(size < 1 ? 1 : 2); }
        var digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
        return value.toFixed(digits);
      }

      function share(value, range, isLogarithmic) {
        return isLogarithmic ? Math.log(value / range[0]) / Math.log(range[1] / range[0])
          : (value - range[0]) / (range[1] - range[0]);
      }

      function explore(figure) {
        var data = JSON.parse(figure.querySelector('script').textContent);
        var drawings = Array.from(figure.querySelectorAll('svg'));
        var tip = figure.appendChild(document.createElement('div'));
        var stops = [], place = -1, cursor = null;
        data.series.forEach(function (line) {
          line.points.forEach(function (point) {
            stops.push(data.isWhole ? Math.round(point[0]) : point[0]);
          });
        });
        stops.sort(function (a, b) { return a - b; });
        stops = stops.filter(function (x, i) { return i === 0 || x !== stops[i - 1]; });
        if (stops.length === 0) { return; }
        tip.className = 'tip';
        tip.setAttribute('aria-live', 'polite');
        figure.tabIndex = 0;

        function hide() {
          if (cursor) { cursor.remove(); }
          cursor = null;
          tip.textContent = '';
          tip.classList.remove('shown');
        }

        function append(name, text, parent) {
          var element = document.createElement(name);
          element.textContent = text;
          return parent.appendChild(element);
        }

        function mark(name, attributes) {
          var element = document.createElementNS(drawings[0].namespaceURI, name);
          Object.keys(attributes).forEach(function (key) {
            element.setAttribute(key, attributes[key]);
          });
          return cursor.appendChild(element);
        }

        function show(index) {
          place = Math.min(stops.length - 1, Math.max(0, index));
          hide();
          var svg = drawings.find(function (drawing) { return drawing.getClientRects().length; });
          if (!svg) { return; }
          var edges = svg.dataset.frame.split(' ').map(Number), x = stops[place];
          var reach = data.isWhole ? 0.5 : 1e-9 * Math.max(1, Math.abs(x));
          function across(value) {
            return edges[0] + share(value, data.xRange, false) * (edges[2] - edges[0]);
          }
          function down(value) {
            var part = share(value, data.yRange, data.isLogarithmic);
            return Math.min(edges[3], Math.max(edges[1], edges[3] - part * (edges[3] - edges[1])));
          }
          cursor = svg.appendChild(document.createElementNS(svg.namespaceURI, 'g'));
          cursor.setAttribute('class', 'cursor');
          mark('path', {d: 'M' + across(x) + ' ' + edges[1] + 'V' + edges[3]});
          append('p', data.x + ' ' + (Math.round(10 * x) / 10), tip);
          var list = append('ul', '', tip);
          data.series.forEach(function (line) {
            var point = line.points.find(function (p) { return Math.abs(p[0] - x) <= reach; });
            if (!point) { return; }
            var color = 's' + line.index % \(ChartSeries.colorCount);
            mark('circle', {cx: across(point[0]), cy: down(point[1]), r: 5, class: color});
            var item = append('li', '', list);
            item.className = color;
            append('span', line.index + 1, item).className = 'key';
            var bounds = point.length > 2
              ? ' (' + number(point[2]) + ' … ' + number(point[3]) + ')' : '';
            append('span', ' ' + line.name + ' ', item);
            append('strong', number(point[1]), item);
            append('span', bounds, item);
          });
          tip.classList.add('shown');
          // next to the line, on the side with more room
          var box = svg.getBoundingClientRect(), outer = figure.getBoundingClientRect();
          var scale = box.width / svg.viewBox.baseVal.width;
          var line = box.left - outer.left + scale * across(x);
          var left = line + 12 + tip.offsetWidth <= outer.width ? line + 12
            : line - 12 - tip.offsetWidth;
          tip.style.left = Math.max(4, Math.min(left, outer.width - tip.offsetWidth - 4)) + 'px';
          tip.style.top = box.top - outer.top + scale * edges[1] + 4 + 'px';
        }

        function follow(event) {
          var svg = event.currentTarget, box = svg.getBoundingClientRect();
          var edges = svg.dataset.frame.split(' ').map(Number);
          var x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
          var value = data.xRange[0]
            + (x - edges[0]) / (edges[2] - edges[0]) * (data.xRange[1] - data.xRange[0]);
          var nearest = 0;
          stops.forEach(function (stop, i) {
            if (Math.abs(stop - value) < Math.abs(stops[nearest] - value)) { nearest = i; }
          });
          if (nearest !== place || !cursor) { show(nearest); }
        }

        drawings.forEach(function (svg) {
          svg.addEventListener('pointermove', follow);
          svg.addEventListener('pointerdown', follow);
          svg.addEventListener('pointerleave', hide);
        });
        figure.addEventListener('focus', function () {
          if (figure.matches(':focus-visible')) { show(Math.max(0, place)); }
        });
        figure.addEventListener('blur', hide);
        figure.addEventListener('keydown', function (event) {
          var next = {
            ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: stops.length - 1
          }[event.key];
          if (event.key === 'Escape') { hide(); }
          if (next === undefined || event.target !== figure) { return; }
          event.preventDefault();
          show(next);
        });
      }

      document.querySelectorAll('figure.values').forEach(explore);
    })();
    """
}

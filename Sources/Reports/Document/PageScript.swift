/// The script of a page: animations of simulated bodies, and values of charts.
///
/// The page is readable without it; every animation shows its first frame.
enum PageScript {
  /// The complete script.
  static let program = animations + "\n" + chartValues

  /// Plays the animations.
  static let animations = """
    (function () {
      'use strict';
      var stills = window.matchMedia('(prefers-reduced-motion: reduce)');

      function scene(svg, episode) {
        var world = svg.querySelector('.world');
        var limbs = Array.from(svg.querySelectorAll('.limb'));
        var marks = Array.from(svg.querySelectorAll('.contact'));
        var path = svg.querySelector('.path');
        var scale = svg.querySelector('.scale');
        var labels = Array.from(svg.querySelectorAll('.metres text'));
        var reach = svg.viewBox.baseVal.width / 2 - Number(svg.dataset.margin);
        var followsBoth = svg.classList.contains('seen-from-above');
        return function (time) {
          var frame = Math.min(time, episode.frames.length - 1);
          var pose = episode.frames[frame], touching = episode.contacts[frame];
          limbs.forEach(function (limb, i) {
            ['x1', 'y1', 'x2', 'y2'].forEach(function (name, k) {
              limb.setAttribute(name, pose[4 * i + k]);
            });
            limb.classList.toggle('touching', (touching >> 2 * i & 3) !== 0);
          });
          marks.forEach(function (mark, end) {
            mark.setAttribute('cx', pose[2 * end]);
            mark.setAttribute('visibility', touching >> end & 1 ? 'visible' : 'hidden');
          });
          var x = episode.camera[2 * frame], y = followsBoth ? episode.camera[2 * frame + 1] : 0;
          world.setAttribute('transform', 'translate(' + -x + ' ' + -y + ')');
          if (scale) { scale.setAttribute('transform', 'translate(' + -x + ' 0)'); }
          labels.forEach(function (label) {
            var isInView = Math.abs(label.getAttribute('x') - x) <= reach;
            label.setAttribute('visibility', isInView ? 'visible' : 'hidden');
          });
          if (path) {
            var places = [];
            for (var i = 0; i <= frame; i += 1) {
              places.push(episode.camera[2 * i] + ' ' + episode.camera[2 * i + 1]);
            }
            path.setAttribute('d', 'M' + places.join('L'));
          }
        };
      }

      function animate(box) {
        var data = JSON.parse(box.querySelector('script').textContent);
        var button = box.querySelector('button');
        var slider = box.querySelector('input');
        var output = box.querySelector('output');
        var svgs = Array.from(box.querySelectorAll('svg'));
        var scenes = svgs.map(function (svg, i) { return scene(svg, data.episodes[i]); });
        var last = Number(slider.max);
        var start = null;

        function show(frame) {
          scenes.forEach(function (draw) { draw(frame); });
          var text = (frame * data.timestep).toFixed(2) + ' s';
          slider.value = frame;
          slider.setAttribute('aria-valuetext', text);
          output.textContent = text;
        }
        function stop() {
          start = null;
          button.textContent = 'Play';
        }
        function tick(now) {
          if (start === null) { return; }
          var seconds = (now - start) / 1000;
          if (stills.matches) { seconds = Math.floor(2 * seconds) / 2; }
          var frame = Math.min(last, Math.max(0, Math.floor(seconds / data.timestep)));
          if (frame !== Number(slider.value)) { show(frame); }
          if (frame === last) { stop(); } else { window.requestAnimationFrame(tick); }
        }
        button.addEventListener('click', function () {
          if (start !== null) { stop(); return; }
          var from = Number(slider.value) === last ? 0 : Number(slider.value);
          start = window.performance.now() - 1000 * data.timestep * from;
          button.textContent = 'Pause';
          window.requestAnimationFrame(tick);
        });
        slider.addEventListener('input', function () { stop(); show(Number(slider.value)); });
        show(0);
      }

      document.querySelectorAll('.animation').forEach(animate);
    })();
    """
}

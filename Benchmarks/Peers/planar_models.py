# More than 300 lines: one generator, whose parts share the state of a model
"""Draws random planar models and compares the simulator with MuJoCo on them.

    python planar_models.py --seed 1 --models 500 PROGRAM
    python planar_models.py --seed 1 --models 100 --record FILE PROGRAM
    python planar_models.py --seed 1 --models 300 --elliptic PROGRAM

Needs mujoco 4.0.0 and numpy. Each model goes to a file, which `PROGRAM simulate FILE --steps 100 --frames 1` runs under random controls.
From every row of its output MuJoCo does one step, with the start of its solver that the step before left, and the results are compared. A model agrees if the largest relative error
`|x - y| / (1 + |y|)` of all positions and velocities is at most 1e-7. Excepted are single steps in which MuJoCo does not agree with itself:

- It changes its result by a hundredth of the error or more if the state changes by a few units in the last place: rounding decides which
  contacts there are, or the mass matrix is nearly singular.
- It stops its solver early: from a cold start or with the tolerance 0 it agrees with the program, or differs from itself by a hundredth
  of the error or more.
- It has constraint forces above 1e11 N at the start or the end of the step: with friction of almost zero, against a plane along which
  bodies move or between capsules whose axes cross, the rounding of the contact's normal then pushes them.
- Its midphase misses a contact whose distance is near its margin: without the midphase it agrees with the program.
- A velocity above 1e4 or an acceleration above 1e8: the model explodes.

`--elliptic` draws only models with elliptic friction cones, most of them with contacts, of all dimensions and ratios of impedance.
`--record` writes the models that are accepted, with the program's samples replaced by MuJoCo's, in the format of `RandomModelTests`.
"""

import argparse
import collections
import csv
import json
import os
import subprocess
import tempfile

import mujoco
import numpy as np

BOUND = 1e-7
PLANES = {"xz": np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0]]), "xy": np.eye(3), "yz": np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])}


def number(x):
    return repr(float(f"{float(x):.6g}"))


def numbers(values):
    return " ".join(number(x) for x in values)


def full(values):
    return " ".join(repr(float(x)) for x in values)


def rotation(matrix):
    quat = np.zeros(4)
    mujoco.mju_mat2Quat(quat, np.asarray(matrix, float).flatten())
    return quat


class Author:
    """Writes one random model."""

    def __init__(self, seed, index, elliptic=False):
        self.rng = np.random.default_rng([seed, index])
        # whether all models have elliptic cones, with every dimension and ratio
        self.conical = elliptic
        name = self.rng.choice(["xz", "xz", "xz", "xy", "xy", "yz"])
        # rows: first axis, second axis and normal of the plane
        self.axes = PLANES[name].astype(float)
        # one in twelve planes is turned about all axes
        self.turned = self.maybe(0.08)
        self.upright = name != "xy"
        self.medium = self.maybe(0.2)
        self.collides = self.maybe(0.97 if elliptic else 0.7)
        self.spatial = self.maybe(0.3)
        self.elliptic = self.maybe(0.12) or elliptic
        self.slippery = self.maybe(0.2)
        self.joints = []
        self.bodies = []
        self.count = 0

    def maybe(self, share):
        return bool(self.rng.random() < share)

    def uniform(self, low, high):
        return float(self.rng.uniform(low, high))

    def choice(self, values):
        return values[int(self.rng.integers(len(values)))]

    def point(self, x, y, z=0.0):
        """A point of the plane, in the coordinates of the file."""
        return numbers(x * self.axes[0] + y * self.axes[1] + z * self.axes[2])

    def random_point(self, size, height=0.0):
        return self.point(*self.rng.uniform(-size, size, 2), height)

    def height(self):
        return self.uniform(-0.1, 0.1) if self.spatial and self.maybe(0.3) else 0.0

    def softness(self, ref, imp):
        text = ""
        if self.maybe(0.25):
            text += f' {ref}="{numbers([self.uniform(0.005, 0.05), self.uniform(0.5, 1.5)])}"'
        elif self.maybe(0.1):
            text += f' {ref}="{numbers([-self.uniform(100, 3000), -self.uniform(5, 60)])}"'
        if self.maybe(0.3):
            values = [self.uniform(0, 0.9), self.uniform(0.5, 0.98), self.choice([self.uniform(0.001, 0.03)] * 6 + [0]), self.uniform(0.1, 0.9)]
            if self.maybe(0.3):
                values.append(self.choice([1, 2, 3, 1.5]))
            text += f' {imp}="{numbers(values)}"'
        return text

    def surface(self, fixed=False, shape=""):
        if not self.collides or self.maybe(0.1):
            return ' contype="0" conaffinity="0"' if self.maybe(0.5) else ' contype="1" conaffinity="0"'
        # boxes touch planes and some of the spheres
        if shape == "box":
            text = ' contype="4" conaffinity="0"'
        elif shape == "plane":
            text = ' conaffinity="7"'
        elif shape == "sphere" and self.maybe(0.5):
            text = f' contype="{self.choice([1, 2, 3])}" conaffinity="{self.choice([4, 5, 7])}"'
        else:
            text = f' contype="{self.choice([1, 2, 3])}" conaffinity="{self.choice([0, 1, 2, 3])}"'
        if self.maybe(0.7 if self.conical else 0.4):
            text += f' condim="{self.choice([1, 3, 3, 4, 6])}"'
        if self.maybe(0.5):
            text += f' friction="{numbers([self.choice([0] + [self.uniform(0.1, 2)] * (5 if self.conical else 1)), self.uniform(0, 0.2), self.uniform(0, 0.05)])}"'
        if self.maybe(0.3):
            text += f' margin="{number(self.uniform(0, 0.03))}"'
        if self.maybe(0.15):
            text += f' gap="{number(self.uniform(0, 0.02))}"'
        if self.maybe(0.15):
            text += f' priority="{self.choice([-1, 1, 2])}"'
        if self.maybe(0.15):
            text += f' solmix="{number(self.choice([0, 0.5, 3]))}"'
        return text + self.softness("solref", "solimp")

    def frame(self, tilt):
        """A frame whose axes are those of the plane, turned in it; or with `tilt` anyhow."""
        turn = self.uniform(-np.pi, np.pi)
        c, s = np.cos(turn), np.sin(turn)
        first, second = c * self.axes[0] + s * self.axes[1], c * self.axes[1] - s * self.axes[0]
        columns = [first, second, np.cross(first, second)]
        shift = int(self.rng.integers(3))
        matrix = np.array(columns[shift:] + columns[:shift]).T
        if tilt:
            quat = self.rng.normal(size=4)
            quat /= np.linalg.norm(quat)
            other = np.zeros(9)
            mujoco.mju_quat2Mat(other, quat)
            matrix = other.reshape(3, 3)
        return f' quat="{full(rotation(matrix))}"'

    def geom(self, fixed=False):
        height = self.height()
        kind = self.rng.random()
        place = f' pos="{self.random_point(0.3, height)}"'
        shape = "sphere" if kind < 0.25 else "box" if kind < 0.35 else ""
        surface = self.surface(fixed, shape)
        if kind < 0.25:
            text = f' type="sphere" size="{number(self.uniform(0.04, 0.2))}"{place}'
            if self.maybe(0.3):
                text += self.frame(True)
        elif kind < 0.35:
            sizes = [self.uniform(0.03, 0.2) for _ in range(3)]
            # against walls, spheres and nothing else
            tilt = self.spatial and self.maybe(0.3) and not self.medium
            text = f' type="box" size="{numbers(sizes)}"{place}{self.frame(tilt)}'
        elif kind < 0.42:
            shape = self.choice(["cylinder", "ellipsoid"])
            sizes = [self.uniform(0.03, 0.2) for _ in range(2 if shape == "cylinder" else 3)]
            text = f' type="{shape}" size="{numbers(sizes)}"{place}{self.frame(False)}'
            surface = ' contype="0" conaffinity="0"'
        else:
            ends = self.rng.uniform(-0.45, 0.45, (2, 2))
            straight = self.rng.random()
            if straight < 0.2:
                ends[:, 0] = ends[0, 0]
            elif straight < 0.3:
                ends[:, 1] = ends[0, 1]
            heights = (height, height)
            if self.spatial and not self.medium and self.maybe(0.3):
                heights = (height, self.uniform(-0.2, 0.2))
                if self.maybe(0.3):
                    ends[1] = ends[0]
                    heights = (height - 0.15, height + 0.1)
            text = f' type="capsule" size="{number(self.uniform(0.03, 0.12))}"'
            text += f' fromto="{self.point(*ends[0], heights[0])} {self.point(*ends[1], heights[1])}"'
        if self.maybe(0.2):
            text += f' mass="{number(self.uniform(0.2, 4))}"'
        elif self.maybe(0.3):
            text += f' density="{number(self.uniform(300, 3000))}"'
        return f"<geom{text}{surface}/>"

    def joint(self, kind, axis, pos=""):
        name = f"j{len(self.joints) + 1}"
        self.joints.append(name)
        text = f' name="{name}" type="{kind}" axis="{axis}"{pos}'
        if self.maybe(0.85):
            text += f' armature="{number(self.uniform(0.02, 0.3))}"'
        for attribute, top in [("damping", 4), ("stiffness", 60)]:
            if self.maybe(0.35):
                text += f' {attribute}="{number(self.uniform(0, top))}"'
        reference = 0.0
        if self.maybe(0.4):
            reference = float(number(self.uniform(-1, 1)))
            text += f' ref="{number(reference)}"'
        if self.maybe(0.4):
            text += f' springref="{number(self.uniform(-1, 1))}"'
        if self.maybe(0.45):
            text += f' range="{number(reference - self.uniform(0.02, 0.6))} {number(reference + self.uniform(0.02, 0.6))}" limited="true"'
            if self.maybe(0.5):
                text += f' margin="{number(self.uniform(0, 0.09) if self.maybe(0.8) else 0.5)}"'
            text += self.softness("solreflimit", "solimplimit")
        if self.slippery and self.maybe(0.6):
            text += f' frictionloss="{number(self.uniform(0, 3))}"' + self.softness("solreffriction", "solimpfriction")
        return f"<joint{text}/>"

    def hinge(self):
        axis = numbers(self.axes[2] * self.choice([1, -1, 2]))
        return self.joint("hinge", axis, f' pos="{self.random_point(0.2, self.height())}"' if self.maybe(0.5) else "")

    def slide(self):
        turn = np.pi / 2 * self.rng.integers(0, 4) if self.maybe(0.6) else self.uniform(0, 2 * np.pi)
        length = 1 if self.maybe(0.7) else 2
        return self.joint("slide", self.point(length * np.cos(turn), length * np.sin(turn)))

    def name(self):
        self.count += 1
        self.bodies.append(f"b{self.count}")
        return f' name="b{self.count}"'

    def welded(self, depth=0):
        parts = [self.geom() for _ in range(self.choice([0, 1, 1, 2]))]
        if depth == 0 and self.maybe(0.3):
            parts.append(self.welded(1))
        return f'<body{self.name()} pos="{self.random_point(0.3, self.height())}">' + "".join(parts) + "</body>"

    def body(self, depth):
        place = self.rng.uniform(-0.5, 0.5, 2)
        if depth == 0:
            place[1] = self.uniform(0.1, 0.8)
        if depth == 0 and self.maybe(0.5):
            kinds = self.choice([["s1", "s2", "h"], ["s1", "s2", "h"], ["s2", "s1", "h"], ["h", "s1", "s2"], ["s1", "s2"], ["s1", "h"], ["s2"]])
            parts = []
            for kind in kinds:
                if kind == "h":
                    parts.append(self.hinge())
                else:
                    sign = self.choice([1, 1, -1])
                    parts.append(self.joint("slide", self.point(*((sign, 0) if kind == "s1" else (0, sign)))))
        else:
            parts = [self.hinge() if self.maybe(0.65) else self.slide() for _ in range(self.choice([1, 1, 1, 2, 3]))]
        text = f'<body{self.name()} pos="{self.point(*place, self.height())}">'
        parts += [self.geom() for _ in range(self.choice([1, 1, 2]))]
        if self.maybe(0.15):
            parts.append(self.welded())
        children = 0
        while self.left > 0 and (depth == 0 and children == 0 or self.maybe(0.5 / (1 + children))):
            self.left -= 1
            children += 1
            parts.append(self.body(depth + 1))
        # a light body may carry only others
        return text + "".join(parts) + "</body>"

    def world(self):
        parts = []
        for _ in range(self.choice([0, 1, 1, 1, 2, 3]) if self.collides else 0):
            turn = 0.0 if self.maybe(0.6) else self.uniform(-0.7, 0.7)
            kind = self.rng.random()
            normal = -np.sin(turn) * self.axes[0] + np.cos(turn) * self.axes[1]
            place = -self.uniform(0.1, 0.6) * normal
            if kind < 0.15:
                normal, place = self.axes[2], -self.uniform(0.03, 0.12) * self.axes[2]
            elif kind < 0.25 and self.spatial:
                normal = normal + self.uniform(-1, 1) * self.axes[2]
                normal /= np.linalg.norm(normal)
                place = -self.uniform(0.1, 0.6) * normal
            quat = np.zeros(4)
            mujoco.mju_quatZ2Vec(quat, normal)
            orientation = "" if np.allclose(normal, [0, 0, 1]) else f' quat="{full(quat)}"'
            parts.append(f'<geom type="plane" size="1 1 1" pos="{full(place)}"{orientation}{self.surface(True, "plane")}/>')
        if self.maybe(0.4):
            parts += [self.geom(fixed=True) for _ in range(self.choice([1, 1, 2]))]
        return parts

    def actuators(self):
        text = ""
        for joint in self.joints:
            if not self.maybe(0.6):
                continue
            kind = self.choice(["motor", "motor", "motor", "position", "velocity", "general"])
            attributes = f' joint="{joint}" gear="{number(self.uniform(-10, 10))}"'
            if self.maybe(0.7):
                attributes += ' ctrlrange="-0.7 0.9"'
            if kind == "position":
                attributes += f' kp="{number(self.uniform(0, 20))}"' + (f' kv="{number(self.uniform(0, 2))}"' if self.maybe(0.4) else "")
            elif kind == "velocity":
                attributes += f' kv="{number(self.uniform(0, 2))}"'
            elif kind == "general":
                attributes += f' gainprm="{number(self.uniform(-5, 5))}" biastype="affine" biasprm="{numbers([self.uniform(-1, 1), -self.uniform(0, 5), -self.uniform(0, 0.5)])}"'
            if self.maybe(0.2):
                attributes += ' forcerange="-3 4"'
            text += f"<{kind}{attributes}/>"
        return text

    def model(self):
        self.left = int(self.rng.integers(0, 6))
        trees = []
        for _ in range(self.choice([1, 1, 1, 2, 3])):
            tree = self.body(0)
            if self.maybe(0.15):
                tree = f'<body pos="{self.random_point(0.3)}">{tree}</body>'
            trees.append(tree)
        option = f' timestep="{number(self.choice([0.001, 0.002, 0.005]))}" integrator="{self.choice(["RK4", "Euler", "Euler", "implicitfast"])}"'
        if self.medium:
            option += ' density="800" viscosity="0.5"'
        if self.maybe(0.3):
            option += f' gravity="{numbers(self.rng.uniform(-10, 10, 3))}"'
        if self.maybe(0.1):
            option += f' iterations="{self.choice([1, 2, 5, 200])}"'
        if self.elliptic:
            option += ' cone="elliptic"'
        if self.maybe(0.7 if self.conical else 0.1):
            ratio = self.choice([0.1, 0.5, 2, 10, 100, self.uniform(0.2, 20)]) if self.conical else self.choice([0.5, 3, 10])
            option += f' impratio="{number(ratio)}"'
        compiler = ' angle="radian"'
        if self.maybe(0.1):
            compiler += f' settotalmass="{number(self.uniform(1, 20))}"'
        contact = ""
        if len(self.bodies) > 2 and self.maybe(0.3):
            a, b = self.rng.choice(len(self.bodies), 2, replace=False)
            contact = f'<contact><exclude body1="{self.bodies[a]}" body2="{self.bodies[b]}"/></contact>'
        content = "".join(self.world() + trees)
        if self.turned:
            quat = self.rng.normal(size=4)
            content = f'<frame quat="{full(quat / np.linalg.norm(quat))}">{content}</frame>'
        return (
            f"<mujoco><compiler{compiler}/><option{option}/><worldbody>{content}</worldbody>{contact}"
            f"<actuator>{self.actuators()}</actuator></mujoco>"
        )


def run(program, path, seed, steps=100):
    """The rows of the program's simulation, or what it says."""
    command = [program, "simulate", path, "--steps", str(steps), "--frames", "1", "--seed", str(seed)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if result.returncode and not result.stdout.count("\n") > 2:
        return None, result.stderr.strip()
    table = list(csv.reader(result.stdout.splitlines()))
    rows = np.array([[float(x or "nan") for x in row] for row in table[1:]])
    return {name: rows[:, [i for i, c in enumerate(table[0]) if c.startswith(name)]] for name in ["qpos", "qvel", "ctrl"]}, ""


class Judge:
    """Compares steps of one model with MuJoCo's."""

    def __init__(self, text):
        self.model = mujoco.MjModel.from_xml_string(text)
        self.data = mujoco.MjData(self.model)
        self.rng = np.random.default_rng(0)
        self.warm = np.zeros(self.model.nv)
        # how many steps do not count, by the reason
        self.exceptions = collections.Counter()

    def step(self, qpos, qvel, ctrl, warm=None):
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[:], self.data.qvel[:], self.data.ctrl[:] = qpos, qvel, np.nan_to_num(ctrl)
        if warm is not None:
            self.data.qacc_warmstart[:] = warm
        mujoco.mj_step(self.model, self.data)
        return np.r_[self.data.qpos, self.data.qvel]

    def others(self, *state):
        """The step from a cold start, and with the tolerance 0."""
        cold = self.step(*state)
        tolerance = self.model.opt.tolerance
        self.model.opt.tolerance = 0
        exact = self.step(*state)
        self.model.opt.tolerance = tolerance
        return [cold, exact]

    def without_midphase(self, *state):
        """The step with all pairs of geoms examined, not only those of bodies whose boxes overlap."""
        flags = self.model.opt.disableflags
        self.model.opt.disableflags = flags | int(mujoco.mjtDisableBit.mjDSBL_MIDPHASE)
        complete = self.step(*state)
        self.model.opt.disableflags = flags
        return complete

    def initial_force(self, qpos, qvel, ctrl):
        """The largest constraint force at the start of a step, which RK4 replaces by those of its later stages."""
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[:], self.data.qvel[:], self.data.ctrl[:] = qpos, qvel, np.nan_to_num(ctrl)
        mujoco.mj_forward(self.model, self.data)
        return np.abs(self.data.efc_force).max(initial=0)

    @staticmethod
    def error(a, b):
        return float(np.nan_to_num(np.abs(a - b) / (1 + np.abs(b)), nan=np.inf).max(initial=0))

    def examine(self, rows, k):
        """The error of a step and why it does not count, if it does not."""
        state = rows["qpos"][k], rows["qvel"][k], rows["ctrl"][k]
        ours = np.r_[rows["qpos"][k + 1], rows["qvel"][k + 1]]
        warm = self.warm if k > 0 else np.zeros(self.model.nv)
        theirs = self.step(*state, warm)
        self.warm = self.data.qacc_warmstart.copy()
        error = self.error(ours, theirs)
        if error <= BOUND:
            return error, ""
        if self.data.warning.number.any() or np.abs(theirs).max() > 1e4 or np.abs(self.data.qacc).max() > 1e8:
            return error, "explodes"
        forces = np.abs(self.data.efc_force).max(initial=0)
        others = self.others(*state)
        # or MuJoCo's solver does not converge, with friction of almost zero
        if min(self.error(ours, x) for x in others) <= BOUND or max(self.error(x, theirs) for x in others) > error / 100:
            return error, "stops early"
        if self.error(ours, self.without_midphase(*state, warm)) <= BOUND:
            # the next step starts its solver as the program does, from a result with the contact
            self.warm = self.data.qacc_warmstart.copy()
            return error, "midphase misses a contact"
        if max(forces, self.initial_force(*state)) > 1e11:
            return error, "rounding decides"
        for _ in range(20):
            noisy = [x * (1 + 4e-16 * self.rng.normal(size=len(x))) + 1e-17 * self.rng.normal(size=len(x)) for x in state[:2]]
            if self.error(self.step(*noisy, state[2], warm), theirs) > error / 100:
                return error, "rounding decides"
        return error, "DIFFERS"


def compare(program, text, index, folder):
    path = os.path.join(folder, f"model-{index}.xml")
    with open(path, "w") as file:
        file.write(text)
    judge = Judge(text)
    rows, message = run(program, path, index)
    if rows is None:
        return "refused", message.replace(path, "FILE"), judge, None
    sizes = [rows[name].shape[1] for name in ["qpos", "qvel", "ctrl"]]
    if sizes != [judge.model.nq, judge.model.nv, judge.model.nu]:
        return "differs", f"sizes {sizes}", judge, rows
    worst = 0.0
    for k in range(len(rows["qpos"]) - 1):
        error, why = judge.examine(rows, k)
        if why == "DIFFERS":
            return "differs", f"step {k}: {error:.1e}, {judge.data.nefc} rows", judge, rows
        if why:
            judge.exceptions[why] += 1
        else:
            worst = max(worst, error)
    os.remove(path)
    return "agrees", f"{worst:.1e} {dict(judge.exceptions) or ''}", judge, rows


def record(text, judge, rows):
    """Samples of a model: MuJoCo's step from some of the program's states."""
    samples = []
    count = len(rows["qpos"]) - 1
    for k in sorted({min(x, count - 1) for x in (0, 20, 60)}):
        state = rows["qpos"][k], rows["qvel"][k], rows["ctrl"][k]
        model, data = judge.model, judge.data
        mujoco.mj_resetData(model, data)
        data.qpos[:], data.qvel[:], data.ctrl[:] = state
        mujoco.mj_forward(model, data)
        passive, acceleration, constraints = data.qfrc_passive.copy(), data.qacc.copy(), int(data.nefc)
        # early stops and rounding do not make a test
        following = judge.step(*state)
        if judge.data.warning.number.any() or np.abs(following).max() > 1e4:
            continue
        if max(judge.error(following, x) for x in judge.others(*state)) > 1e-11:
            continue
        samples.append(dict(
            qpos=list(state[0]), qvel=list(state[1]), ctrl=list(state[2]), steps=1, passive=passive.tolist(), qacc=acceleration.tolist(),
            qposNext=following[: model.nq].tolist(), qvelNext=following[model.nq :].tolist(), rows=constraints, touching=int(data.ncon),
        ))
    return dict(xml=text, samples=samples)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--elliptic", action="store_true")
    parser.add_argument("--record")
    parser.add_argument("--folder", default=os.path.join(tempfile.gettempdir(), "planar-models"))
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    verdicts, reasons, recorded = collections.Counter(), collections.Counter(), []
    excepted, steps = 0, collections.Counter()
    for index in range(options.first, options.first + options.models):
        text = Author(options.seed, index, options.elliptic).model()
        try:
            verdict, what, judge, rows = compare(options.program, text, index, options.folder)
        except ValueError as error:
            verdicts["not a model of MuJoCo"] += 1
            print(f"{index}: MuJoCo: {error}")
            continue
        verdicts[verdict] += 1
        excepted += bool(judge.exceptions)
        steps += judge.exceptions
        if verdict == "refused":
            reasons[what.split(": ", 2)[-1][:110]] += 1
        if verdict == "differs" or options.verbose:
            print(f"{index}: {verdict} {what}", flush=True)
        if verdict == "agrees" and options.record:
            entry = record(text, judge, rows)
            if len(entry["samples"]) > 1:
                recorded.append(entry)
    for reason, count in reasons.most_common(25):
        print(f"refused {count}: {reason}")
    print(", ".join(f"{count} {verdict}" for verdict, count in verdicts.items()) + f"; {excepted} with excepted steps")
    for reason, count in steps.most_common():
        print(f"excepted {count} steps: {reason}")
    if options.record:
        header = json.dumps(dict(mujoco=mujoco.__version__, seed=options.seed))
        with open(options.record, "w") as file:
            file.write(header[:-1] + ', "models": [\n' + ",\n".join(json.dumps(m, separators=(",", ":")) for m in recorded) + "\n]}\n")
    raise SystemExit(1 if verdicts["differs"] else 0)


if __name__ == "__main__":
    main()

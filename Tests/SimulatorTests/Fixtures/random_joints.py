"""Draws random planar models of joints, roots and contacts between bodies, and records what MuJoCo makes of them.

    python random_joints.py --seed 20261128 --models 80 > random_joints.json

Needs mujoco 4.0.0 and numpy. For each model the file has its text and some samples: a state, a control, the passive force and the
acceleration there, the state after one step from a cold start of the constraint solver, the number of constraint rows, how many
contacts are between bodies (`touching`) and in how many of them the axes of capsules cross (`crossing`).
"""

import argparse
import json

import mujoco
import numpy as np


def number(x):
    return repr(float(f"{x:.6g}"))


class Author:
    """Writes one random model."""

    def __init__(self, seed, index):
        self.rng = np.random.default_rng([seed, index])
        self.vertical = self.maybe(0.7)
        self.ground = self.vertical and self.maybe(0.7)
        self.collides = self.maybe(0.7)
        self.fixed = self.maybe(0.35)
        self.medium = self.maybe(0.2)
        self.left = int(self.rng.integers(1, 6))
        self.joints = []

    def maybe(self, share):
        return bool(self.rng.random() < share)

    def uniform(self, low, high):
        return float(self.rng.uniform(low, high))

    def point(self, x, y):
        return f"{number(x)} 0 {number(y)}" if self.vertical else f"{number(x)} {number(y)} 0"

    def random_point(self, size):
        return self.point(*self.rng.uniform(-size, size, 2))

    def geom(self):
        if self.maybe(0.25):
            text = f' type="sphere" size="{number(self.uniform(0.04, 0.2))}" pos="{self.random_point(0.3)}"'
        else:
            ends = self.rng.uniform(-0.45, 0.45, (2, 2))
            # some are parallel to others
            kind = self.rng.random()
            if kind < 0.25:
                ends[:, 0] = 0
            elif kind < 0.4:
                ends[:, 1] = ends[0, 1]
            text = f' type="capsule" size="{number(self.uniform(0.03, 0.12))}" fromto="{self.point(*ends[0])} {self.point(*ends[1])}"'
        if not self.collides:
            text += ' conaffinity="0"'
        elif self.maybe(0.8):
            text += f' conaffinity="{self.rng.choice([1, 2, 3])}" contype="{self.rng.choice([1, 2, 3])}"'
        if self.maybe(0.5):
            text += f' condim="{self.rng.choice([1, 3])}"'
        if self.maybe(0.5):
            text += f' friction="{number(self.uniform(0, 2))}"'
        if self.maybe(0.4):
            text += f' margin="{number(self.uniform(0, 0.03))}"'
        if self.maybe(0.4):
            numbers = [self.uniform(0, 0.9), self.uniform(0.5, 0.98), self.uniform(0.001, 0.03), self.uniform(0.1, 0.9)]
            text += f' solimp="{" ".join(map(number, numbers))}"'
        if self.maybe(0.3):
            text += f' solref="{number(self.uniform(0.005, 0.05))} {number(self.uniform(0.5, 1.5))}"'
        return f"<geom{text}/>"

    def joint(self, kind, axis, pos=""):
        name = f"j{len(self.joints) + 1}"
        self.joints.append(name)
        text = f' name="{name}" type="{kind}" axis="{axis}"{pos}'
        if self.maybe(0.9):
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
            text += f' range="{number(reference - self.uniform(0.1, 1))} {number(reference + self.uniform(0.1, 1))}" limited="true"'
            if self.maybe(0.5):
                text += f' margin="{number(self.uniform(0, 0.09))}"'
        return f"<joint{text}/>"

    def hinge(self):
        sign = self.rng.choice(["", "-"])
        axis = f"0 {sign}1 0" if self.vertical else f"0 0 {sign}1"
        return self.joint("hinge", axis, f' pos="{self.random_point(0.2)}"' if self.maybe(0.5) else "")

    def slide(self):
        turn = np.pi / 2 * self.rng.integers(0, 4) if self.maybe(0.4) else self.uniform(0, 2 * np.pi)
        length = 1 if self.maybe(0.7) else 2
        return self.joint("slide", self.point(length * np.cos(turn), length * np.sin(turn)))

    def body(self, depth):
        place = self.rng.uniform(-0.5, 0.5, 2)
        if depth == 0:
            place[1] = self.uniform(0.2, 1)
        if depth == 0 and not self.fixed:
            parts = [self.joint("slide", self.rng.choice(["1 0 0", "-1 0 0"]))]
            parts += [self.joint("slide", self.point(0, self.rng.choice([1, -1]))), self.hinge()]
            if self.maybe(0.2):
                parts.append(self.slide())
        else:
            count = int(self.rng.choice([1, 1, 1, 2, 3]))
            parts = [self.hinge() if self.maybe(0.65) else self.slide() for _ in range(count)]
        parts += [self.geom() for _ in range(int(self.rng.choice([1, 1, 2])))]
        children = 0
        while self.left > 0 and (depth == 0 and children == 0 or self.maybe(0.55 / (1 + children))):
            self.left -= 1
            children += 1
            parts.append(self.body(depth + 1))
        return f'<body pos="{self.point(*place)}">' + "".join(parts) + "</body>"

    def model(self):
        body = self.body(0)
        if self.fixed and self.maybe(0.3):
            body = f'<body pos="{self.random_point(0.3)}">{body}</body>'
        option = f' timestep="{number(self.rng.choice([0.001, 0.002, 0.005]))}" integrator="{self.rng.choice(["RK4", "Euler"])}"'
        if self.medium:
            option += ' density="800" viscosity="0.5"'
        if self.maybe(0.3):
            option += f' gravity="{number(self.uniform(-5, 5))} {number(self.uniform(-5, 5))} -9.81"'
        ground = ""
        if self.ground:
            ground = f'<geom type="plane" size="1 1 1" pos="0 0 {number(self.uniform(-0.2, 0.2))}" condim="{self.rng.choice([1, 3])}"'
            ground += f' friction="{number(self.uniform(0.1, 1.5))}" margin="{number(self.rng.choice([0, 0.005]))}"/>'
        motors = "".join(
            f'<motor joint="{joint}" gear="{number(self.uniform(-30, 30))}" ctrlrange="-1 1"/>'
            for joint in self.joints
            if self.maybe(0.6)
        )
        return (
            f'<mujoco><compiler angle="radian"/><option{option}/><worldbody>{ground}{body}</worldbody>'
            f"<actuator>{motors}</actuator></mujoco>"
        )


def record(author, text):
    """Samples of a model, without nearly singular states and without normals that are rounding."""
    model = mujoco.MjModel.from_xml_string(text)
    data = mujoco.MjData(model)
    out_of_plane = 1 if author.vertical else 2
    samples = []
    for place in range(3):
        reach = 0.1 if place == 2 else 0.8
        qpos = model.qpos0 + author.rng.uniform(-reach, reach, model.nq)
        qvel = 2 * author.rng.normal(size=model.nv)
        ctrl = author.rng.uniform(-1.5, 1.5, model.nu)

        def load():
            mujoco.mj_resetData(model, data)
            data.qpos[:], data.qvel[:], data.ctrl[:] = qpos, qvel, ctrl

        load()
        mujoco.mj_forward(model, data)
        mass = np.zeros((model.nv, model.nv))
        mujoco.mj_fullM(model, data, mass)
        if np.linalg.cond(mass) > 1e4:
            continue
        between = [c for c in data.contact if min(model.geom_type[c.geom]) != mujoco.mjtGeom.mjGEOM_PLANE]
        crossing = [abs(c.frame[out_of_plane]) > 0.5 for c in between]
        gaps = [c.dist + sum(model.geom_size[c.geom, 0]) for c in between]
        if any(gap < 1e-6 and not crosses for gap, crosses in zip(gaps, crossing)):
            continue
        sample = dict(
            qpos=qpos.tolist(), qvel=qvel.tolist(), ctrl=ctrl.tolist(), steps=1, passive=data.qfrc_passive.tolist(),
            qacc=data.qacc.tolist(), rows=int(data.nefc), touching=len(between), crossing=int(sum(crossing)),
        )
        load()
        mujoco.mj_step(model, data)
        samples.append(dict(sample, qposNext=data.qpos.tolist(), qvelNext=data.qvel.tolist()))
    return samples


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--models", type=int, required=True)
    options = parser.parse_args()
    models = []
    for index in range(options.models):
        author = Author(options.seed, index)
        text = author.model()
        samples = record(author, text)
        if samples:
            models.append(dict(xml=text, samples=samples))
    print(json.dumps(dict(models=models), separators=(",", ":")))


main()

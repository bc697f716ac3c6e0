"""Draws random planar models from what the MJCF loader accepts, and records what MuJoCo makes of them.

    python random_models.py --seed 20261127 --models 240 > random_models.json

Needs mujoco 4.0.0 and numpy. For each model the file has its text and some samples: a state, a
control, the passive force and the acceleration there, the state after `steps` steps from a cold
start of the constraint solver, and how many rows of constraints there were at most.
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
        self.vertical = self.rng.random() < 0.55
        # half of the models move in a medium, most of these in a dense one
        self.medium = index % 2 == 0
        self.radian = self.rng.random() < 0.3
        self.ground = self.vertical and self.rng.random() < 0.65
        self.joints = []
        self.count = 0
        self.capsules_only = self.rng.random() < 0.4

    def maybe(self, share):
        return self.rng.random() < share

    def uniform(self, low, high):
        return float(self.rng.uniform(low, high))

    def angle(self, radians):
        return number(radians if self.radian else np.degrees(radians))

    def point(self, x, y):
        return f"{number(x)} 0 {number(y)}" if self.vertical else f"{number(x)} {number(y)} 0"

    def normal(self):
        return "0 1 0" if self.vertical else "0 0 1"

    def softness(self, ref, imp, share=0.4):
        text = ""
        if self.maybe(share):
            text += f' {ref}="{number(self.uniform(0.004, 0.06))}'
            text += f' {number(self.uniform(0.5, 1.6))}"' if self.maybe(0.7) else '"'
        if self.maybe(share):
            numbers = [self.uniform(0, 0.9), self.uniform(0.5, 0.99), self.uniform(0.001, 0.05)]
            if self.maybe(0.4):
                numbers.append(self.uniform(0.1, 0.9))
            text += f' {imp}="{" ".join(map(number, numbers))}"'
        return text

    def option(self):
        text = f' timestep="{number(self.rng.choice([0.001, 0.002, 0.005, 0.01]))}"'
        if self.maybe(0.5):
            text += f' integrator="{self.rng.choice(["RK4", "Euler"])}"'
        if self.maybe(0.5):
            text += f' gravity="{" ".join(number(self.uniform(-10, 10)) for _ in range(3))}"'
        if self.medium:
            if self.maybe(0.85):
                text += f' density="{number(self.rng.choice([1.2, 100, 1000, 4000]))}"'
            if self.maybe(0.6):
                text += f' viscosity="{number(self.uniform(0, 2))}"'
        if self.maybe(0.1):
            text += ' wind="0 0 0" cone="pyramidal" iterations="100"'
        return f"<option{text}/>"

    def orientation(self, in_plane):
        """An orientation whose z axis lies in the plane if `in_plane`."""
        if self.maybe(0.15) and (self.vertical or not in_plane):
            return ""
        turn = self.uniform(-np.pi, np.pi)
        across = np.array([np.cos(turn), 0, np.sin(turn)] if self.vertical else [np.cos(turn), np.sin(turn), 0])
        roll = self.rng.choice([0, np.pi / 4, np.pi / 2, self.uniform(-np.pi, np.pi)])
        # z to the direction across, then a turn about it
        first = np.zeros(4)
        mujoco.mju_quatZ2Vec(first, across)
        second = np.zeros(4)
        mujoco.mju_axisAngle2Quat(second, across, roll)
        quat = np.zeros(4)
        mujoco.mju_mulQuat(quat, second, first)
        kind = self.rng.choice(["quat", "zaxis", "xyaxes", "axisangle", "euler"])
        if not in_plane and self.maybe(0.8):
            kind = self.rng.choice(["quat", "zaxis", "xyaxes", "axisangle"])
            quat = self.rng.normal(size=4)
            quat /= np.linalg.norm(quat)
        matrix = np.zeros(9)
        mujoco.mju_quat2Mat(matrix, quat)
        matrix = matrix.reshape(3, 3)
        full = lambda values: " ".join(repr(float(v)) for v in values)
        if kind == "quat":
            return f' quat="{full(quat * self.rng.choice([1, 2]))}"'
        if kind == "zaxis":
            return f' zaxis="{full(matrix[:, 2])}"'
        if kind == "xyaxes":
            return f' xyaxes="{full(list(matrix[:, 0]) + list(matrix[:, 1]))}"'
        if kind == "axisangle":
            length = np.linalg.norm(quat[1:])
            angle = 2 * np.arctan2(length, quat[0])
            axis = quat[1:] / length if length > 0 else np.array([1.0, 0, 0])
            return f' axisangle="{full(axis)} {repr(float(angle if self.radian else np.degrees(angle)))}"'
        # z turned about the normal, and before that about itself
        if self.vertical:
            angles = [0, turn, roll] if self.sequence == "xyz" else [roll, turn, 0]
        elif self.sequence == "xyz":
            angles = [np.pi / 2, turn, roll]
        else:
            angles = [roll, turn, np.pi / 2]
        return f' euler="{" ".join(repr(float(a if self.radian else np.degrees(a))) for a in angles)}"'

    def geom(self, contact):
        text = ""
        if self.maybe(0.3) and not self.capsules_only:
            text += f' type="sphere" size="{number(self.uniform(0.03, 0.25))}" pos="{self.point(*self.rng.uniform(-0.4, 0.4, 2))}"'
            if self.maybe(0.8):
                text += self.orientation(in_plane=False)
        else:
            radius = number(self.uniform(0.02, 0.12))
            text += ' type="capsule"'
            shape = self.rng.random()
            if shape < 0.6:
                ends = self.rng.uniform(-0.6, 0.6, (2, 2))
                if self.maybe(0.15):
                    ends[1] = ends[0] + [0.3, 0] if self.maybe(0.5) else ends[0] - [0, 0.3]
                elif self.maybe(0.1):
                    ends[:, 0] = 0
                text += f' size="{radius}" fromto="{self.point(*ends[0])} {self.point(*ends[1])}"'
            else:
                text += f' size="{radius} {number(self.uniform(0.05, 0.5))}" pos="{self.point(*self.rng.uniform(-0.4, 0.4, 2))}"'
                text += self.orientation(in_plane=True)
        if self.maybe(0.4):
            text += f' density="{number(self.uniform(200, 3000))}"'
        elif self.maybe(0.2):
            text += f' mass="{number(self.uniform(0.2, 8))}"'
        if contact and self.maybe(0.5):
            text += f' friction="{number(self.rng.choice([0, 0.2, self.uniform(0.1, 2)]))}"'
        if contact:
            text += self.softness("solref", "solimp", 0.25)
        if self.maybe(0.15):
            text += ' contype="0" conaffinity="0"'
        if self.maybe(0.1):
            text += ' group="3" rgba="1 0 0 1"'
        if self.maybe(0.15):
            text += ' class="other"'
        return f"<geom{text}/>"

    def passive(self):
        text = ""
        for name, top in [("armature", 0.3), ("damping", 4), ("stiffness", 60)]:
            if self.maybe(0.35):
                text += f' {name}="{number(self.uniform(0, top))}"'
        return text

    def joint(self, kind, axis, pos=""):
        self.count += 1
        name = f"j{self.count}"
        self.joints.append(name)
        text = f' name="{name}"' + ("" if kind == "hinge" and self.maybe(0.5) else f' type="{kind}"')
        text += f' axis="{axis}"{pos}' + self.passive()
        if self.maybe(0.45 if kind == "hinge" else 0.2):
            low, high = self.uniform(-1.2, -0.1), self.uniform(0.1, 1.2)
            if self.maybe(0.15):
                low, high = self.uniform(-0.6, -0.2), self.uniform(-0.1, 0)
            ends = [self.angle(low), self.angle(high)] if kind == "hinge" else [number(low), number(high)]
            text += f' range="{ends[0]} {ends[1]}"'
            if not self.automatic or self.maybe(0.3):
                text += f' limited="{self.rng.choice(["true", "true", "false"])}"'
            text += self.softness("solreflimit", "solimplimit")
        if kind == "hinge" and self.maybe(0.15):
            text += ' class="other"'
        return f"<joint{text}/>"

    def body(self, depth, contact):
        root = depth == 0
        place = self.rng.uniform(-0.5, 0.5, 2)
        if root:
            place[1] = self.uniform(0.3, 1.2)
        text = f'<body pos="{self.point(*place)}"'
        text += ' childclass="other">' if self.maybe(0.15) else ">"
        joints = []
        pos = f' pos="{self.point(*self.rng.uniform(-0.2, 0.2, 2))}"' if self.maybe(0.4) else ""
        if root:
            joints.append(self.joint("slide", self.rng.choice(["1 0 0", "2 0 0"])))
            joints.append(self.joint("slide", "0 0 1" if self.vertical else "0 1 0"))
        joints.append(self.joint("hinge", self.normal(), pos))
        geoms = [self.geom(contact) for _ in range(self.rng.choice([1, 1, 1, 1, 2, 3]))]
        if self.maybe(0.1):
            geoms.append('<geom size="0.05" density="0"/>')
        bodies = []
        while self.left > 0 and (root and not bodies or self.maybe(0.6 / (1 + len(bodies)))):
            self.left -= 1
            bodies.append(self.body(depth + 1, contact))
        # geoms may stand before joints; the order of joints counts
        parts = joints + geoms if self.maybe(0.8) else geoms + joints
        return text + "".join(parts + bodies) + "</body>"

    def defaults(self):
        def geom():
            bits = ' contype="1" conaffinity="0"' if self.ground else ' contype="0" conaffinity="0"'
            return f'<geom{bits}{self.softness("solref", "solimp")}/>'

        inner = f"<joint{self.passive()}/>" if self.maybe(0.6) else ""
        inner += f'<geom friction="{number(self.uniform(0.1, 1))}"/>' if self.maybe(0.5) else ""
        nested = f'<default class="other">{inner}</default>'
        joint = f'<joint{self.passive()}{self.softness("solreflimit", "solimplimit")}/>' if self.maybe(0.5) else ""
        motor = '<motor ctrlrange="-0.7 0.9"/>' if self.motor_range else ""
        return f"<default>{geom()}{joint}{motor}{nested}</default>"

    def write(self):
        self.automatic = not self.maybe(0.2)
        self.motor_range = self.automatic and self.maybe(0.3)
        self.sequence = self.rng.choice(["xyz", "ZYX"])
        self.left = int(self.rng.integers(0, 5))
        compiler = f' angle="{"radian" if self.radian else "degree"}"'
        if self.sequence == "ZYX":
            compiler += ' eulerseq="ZYX"'
        if not self.automatic:
            compiler += ' autolimits="false"'
        if self.maybe(0.2):
            compiler += f' settotalmass="{number(self.uniform(1, 30))}"'
        floor = ""
        if self.ground:
            floor = f'<geom type="plane" size="1 1 1" conaffinity="1" pos="0 0 {number(self.uniform(-0.2, 0.2))}"'
            floor += f' condim="3" friction="{number(self.uniform(0, 1))}"{self.softness("solref", "solimp")}/>'
        tree = self.body(0, self.ground)
        motors = ""
        for name in self.joints:
            if self.maybe(0.6):
                text = f' joint="{name}"'
                if self.maybe(0.8):
                    text += f' gear="{number(self.uniform(-60, 60))}"'
                if self.maybe(0.6):
                    text += f' ctrlrange="{number(self.uniform(-1, 0))} {number(self.uniform(0.2, 1))}"'
                    if not self.automatic or self.maybe(0.3):
                        text += f' ctrllimited="{self.rng.choice(["true", "true", "false"])}"'
                motors += f"<motor{text}/>"
        return (
            f"<mujoco><compiler{compiler}/>{self.option()}{self.defaults()}"
            f"<worldbody>{floor}{tree}</worldbody><actuator>{motors}</actuator></mujoco>"
        )


def record(text, rng, samples):
    model = mujoco.MjModel.from_xml_string(text)
    data = mujoco.MjData(model)
    result = []
    for sample in range(samples):
        speed = 3 if sample % 2 else 0.5
        state = (
            rng.uniform(-0.8, 0.8, model.nq), rng.normal(size=model.nv) * speed,
            rng.uniform(-1.3, 1.3, model.nu),
        )
        state = [np.round(x, 4) for x in state]
        steps = [1, 1, 5][sample % 3]
        mujoco.mj_resetData(model, data)
        data.qpos[:], data.qvel[:], data.ctrl[:] = state
        mujoco.mj_forward(model, data)
        passive, acceleration = data.qfrc_passive.tolist(), data.qacc.tolist()
        mujoco.mj_resetData(model, data)
        data.qpos[:], data.qvel[:], data.ctrl[:] = state
        rows = 0
        for _ in range(steps):
            mujoco.mj_step(model, data)
            rows = max(rows, data.nefc)
        # a state that MuJoCo has reset says nothing
        if data.warning.number.any() or np.abs(data.qvel).max() > 1e4:
            continue
        qpos, qvel, ctrl = (x.tolist() for x in state)
        result.append({
            "qpos": qpos, "qvel": qvel, "ctrl": ctrl, "steps": steps, "passive": passive, "qacc": acceleration,
            "qposNext": data.qpos.tolist(), "qvelNext": data.qvel.tolist(), "rows": rows,
        })
    return {"xml": text, "samples": result}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--models", type=int, default=240)
    parser.add_argument("--samples", type=int, default=3)
    arguments = parser.parse_args()
    models = []
    for index in range(arguments.models):
        author = Author(arguments.seed, index)
        models.append(record(author.write(), author.rng, arguments.samples))
    header = {"mujoco": mujoco.__version__, "seed": arguments.seed}
    print(json.dumps(header)[:-1] + ', "models": [')
    print(",\n".join(json.dumps(m, separators=(",", ":")) for m in models))
    print("]}")


if __name__ == "__main__":
    main()

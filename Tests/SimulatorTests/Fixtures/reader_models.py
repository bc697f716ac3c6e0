"""Records what MuJoCo makes of small models, each with something that the MJCF reader has to get right.

    python reader_models.py > reader_models.json
    python reader_models.py --folder DIR      (writes the models as files instead)

Needs mujoco 4.0.0 and numpy. The samples are those of random_models.py.
"""

import argparse
import json
import os
import sys

import mujoco
import numpy as np

from random_models import record

ROOT = '<joint name="x" type="slide" axis="{0}"/><joint name="z" type="slide" axis="{1}"/><joint name="turn" axis="{2}"/>'


def model(body="", top="", compiler="", option="", world="", last="", default=""):
    """A pendulum of two links, or the given body, with options and sections."""
    return (
        f'<mujoco><compiler {compiler}/><option gravity="0.3 0.2 -9.81">{option}</option>{top}'
        f'<default><geom contype="0" conaffinity="0"/>{default}</default>'
        f"<worldbody>{world}{body or PENDULUM}</worldbody>{last}</mujoco>"
    )


PENDULUM = """<body name="a" pos="0.1 0 1"><joint name="p" axis="0 1 0" damping="0.3" armature="0.02"/>
<geom type="capsule" size="0.05" fromto="0 0 0 0.4 0 -0.1"/>
<body name="b" pos="0.4 0 -0.1"><joint name="q" axis="0 -1 0" damping="0.1" range="-60 80" stiffness="2"/>
<geom type="capsule" size="0.04" fromto="0 0 0 0.1 0 -0.4" density="700"/></body></body>"""


def links(first, second, parts=("", ""), turn=("", "")):
    """Two links with the given joint axes, geoms and attributes."""
    return (
        f'<body pos="0.2 0.1 0.6" {turn[0]}><joint name="p" axis="{first}" damping="0.2"/>{parts[0]}'
        f'<body pos="0.1 0.2 -0.3" {turn[1]}><joint name="q" axis="{second}" armature="0.01" range="-70 50"/>'
        f"{parts[1]}</body></body>"
    )


def actuators(text, **other):
    return model(last=f"<actuator>{text}</actuator>", **other)


def models():
    ball = '<geom size="0.1" pos="0.1 0.2 0.05"/>'
    rod = '<geom type="capsule" size="0.05 0.2" pos="0 0.1 0.1" euler="20 30 40"/>'
    box = '<geom type="box" size="0.1 0.2 0.05" pos="0.05 0 0.1" euler="10 -20 50"/>'
    drum = '<geom type="cylinder" size="0.08" fromto="0 0 0 0.2 0.1 0.3"/>'
    egg = '<geom type="ellipsoid" size="0.1 0.15 0.05" pos="0.1 0 0" axisangle="1 2 3 40"/>'
    beam = '<geom type="box" size="0.03" fromto="0 0 0 0.1 0.1 0.4"/>'
    medium = {"top": '<option density="900" viscosity="0.4"/>'}

    # planes of motion
    for axis in ["1 0 0", "-1 0 0", "0 -1 0", "1 1 0", "0 0 -1", "1 2 3", "0.5 0 -1"]:
        opposite = " ".join(repr(-float(x)) for x in axis.split())
        yield f"plane across {axis}", model(links(axis, opposite, (ball + rod, box)))
    yield "slides along 0 1 1", model('<body><joint type="slide" axis="0 1 1"/>' + ball + "</body>")
    yield "slides across 1 1 1", model(
        '<body><joint type="slide" axis="1 -1 0"/><joint type="slide" axis="1 1 -2"/>' + ball + "</body>")
    for axes in [("0 -1 0", "0 0 1", "1 0 0"), ("1 0 0", "0 0 -1", "0 -1 0")]:
        floor = '<geom type="plane" size="1 1 1" contype="1" conaffinity="1" friction="0.8 0.1 0.1"/>'
        yield f"root along {axes}", model(
            '<body pos="0 0 0.1">' + ROOT.format(*axes) + '<geom size="0.2" contype="1" conaffinity="1"/></body>',
            world=floor)

    # turned bodies and frames
    yield "turned bodies", model(links("0 1 0", "0 0 1", (rod, egg), ('euler="0 30 0"', 'euler="90 0 0"')))
    yield "turned bodies of quat and zaxis", model(
        links("1 0 0", "0 0 1", (rod, beam), ('quat="0.5 0.5 0.5 0.5"', 'zaxis="1 0 0"')))
    yield "turned in radians and ZYX", model(
        links("0 1 0", "0 1 0", (rod, egg), ("", 'euler="0 0.7 0"')), compiler='angle="radian" eulerseq="ZYX"')
    yield "frames", model(
        '<frame pos="0 0.2 0.3" euler="0 20 0"><body><frame euler="0 40 0" pos="0.1 0 0"><joint axis="0 1 0"/>'
        '<frame pos="0 0 0.1">' + rod + "</frame></frame>" + ball + "</body></frame>")
    yield "fixed bodies", model(
        '<body pos="1 0 0" euler="0 50 0"><body pos="0 0.3 1" xyaxes="0 1 0 0 0 1">'
        + links("0 0 1", "0 0 -1", (rod, egg)) + "</body></body>")

    # solids and their drag
    for name, solid in [("box", box), ("drum", drum), ("egg", egg), ("beam", beam), ("rod", rod)]:
        yield f"{name} in a medium", model(links("0 1 0", "0 1 0", (solid, ball)), **medium)
        yield f"{name} in a medium across 1 2 3", model(links("1 2 3", "1 2 3", (solid, ball)), **medium)
    yield "several solids in a medium", model(links("0 1 0", "0 1 0", (rod + box, drum + ball)), **medium)
    yield "turned and several solids in a medium", model(
        links("0 1 0", "0 1 0", (rod + box, drum + ball), ('euler="0 30 0"', 'euler="0 -40 0"')), **medium)
    yield "mass of solids", model(links("0 1 0", "0 1 0", (box.replace("/>", ' mass="3"/>'), drum.replace("/>", ' mass="0.2"/>'))))

    # explicit inertias
    given = '<inertial pos="0.1 0.3 -0.2" mass="2" diaginertia="0.1 0.15 0.2" euler="20 -10 40"/>'
    full = '<inertial pos="0 0 -0.2" mass="1.5" fullinertia="0.1 0.12 0.14 0.02 -0.01 0.03"/>'
    for name, other in [("", {}), (" in a medium", medium)]:
        yield "inertial" + name, model(links("0 1 0", "0 1 0", (given + ball, full)), **other)
        yield "inertial, turned" + name, model(
            links("1 1 0", "1 1 0", (full, given)), **other)
    for source in ["true", "false", "auto"]:
        yield f"inertiafromgeom {source}", model(
            links("0 1 0", "0 1 0", (given + ball, full)), compiler=f'inertiafromgeom="{source}"')
    yield "boundmass", model(links("0 1 0", "0 1 0", (ball, given)), compiler='boundmass="5" boundinertia="0.12"')
    yield "boundinertia of a turned rod", model(links("0 1 0", "0 1 0", (rod, rod + ball)), compiler='boundinertia="0.02"')
    yield "balanceinertia", model(
        links("0 1 0", "0 1 0", (ball, given.replace("0.1 0.15 0.2", "0.1 0.15 0.9"))), compiler='balanceinertia="true"')
    yield "groups with mass", model(
        links("0 1 0", "0 1 0", (ball + rod.replace("/>", ' group="2"/>'), egg)), compiler='inertiagrouprange="0 1"')
    yield "settotalmass with fixed bodies", model(
        links("0 1 0", "0 1 0", (ball, given)), compiler='settotalmass="20" boundmass="0.5"',
        world="<body>" + box + '<body pos="0 0 1"/></body><body>' + given + "</body>" + egg)

    ground = '<geom type="plane" size="9 9 9" contype="1" conaffinity="1"/>'
    yield "bodies without mass that touch", model(
        '<body pos="0.1 0 0.2" euler="0 10 0">' + ROOT.format("1 0 0", "0 0 1", "0 1 0")
        + '<geom type="capsule" size="0.1" fromto="0 0 0 0.4 0 0"/><body pos="0.5 0.1 0.1" euler="0 70 0">'
        '<geom type="capsule" size="0.1 0.3" mass="0" contype="1" conaffinity="1"/></body></body>', world=ground)
    yield "bounds of bodies without mass", model(
        links("0 1 0", "0 1 0", (ball, ""), ("", 'euler="0 30 0"')), compiler='boundmass="0.5" boundinertia="0.1"')

    # actuators
    yield "position", actuators('<position joint="p" kp="30" ctrlrange="-1 1"/><position joint="q" kp="20" kv="3" gear="-2"/>')
    yield "velocity", actuators('<velocity joint="q" kv="4" gear="1.5"/><velocity joint="p"/>')
    yield "dampratio", actuators('<position joint="p" kp="30" dampratio="0.7"/><position joint="q" kp="20" dampratio="1.2" gear="3"/>')
    yield "inheritrange", actuators('<position joint="q" kp="20" inheritrange="0.6"/>')
    yield "general", actuators(
        '<general joint="q" gainprm="7" biastype="affine" biasprm="0.3 -5 -0.6" ctrlrange="-0.5 0.4"/>'
        '<general joint="p" gainprm="3" biasprm="9 9 9"/><general joint="p" gainprm="20" biastype="affine" biasprm="0 -20 0.5"/>')
    yield "force ranges", actuators(
        '<motor joint="p" gear="10" forcerange="-0.3 0.5"/><position joint="q" kp="20" forcerange="-2 1" gear="2"/>')
    yield "force ranges of joints", actuators(
        '<motor joint="p" gear="10"/><motor joint="q" gear="-9"/><velocity joint="q" kv="2"/>',
        default='<joint actuatorfrcrange="-4 3"/>')
    tendon = '<tendon><fixed name="t"><joint joint="p" coef="0.5"/><joint joint="q" coef="-2"/></fixed></tendon>'
    yield "tendons", model(
        last=tendon + '<actuator><motor tendon="t" gear="3"/><position tendon="t" kp="9" dampratio="0.5" gear="2"/></actuator>')
    yield "defaults of actuators", actuators(
        '<motor joint="p"/><position class="s" joint="q"/><motor class="s" joint="q" ctrllimited="false"/>',
        default='<general gear="3" ctrlrange="-0.4 0.6"/><default class="s"><position gear="2"/></default>')
    yield "defaults of servos", actuators(
        '<position joint="p"/><position class="s" joint="q"/>',
        default='<position kp="12" kv="2"/><default class="s"><position kp="5"/></default>')
    for integrator in ["Euler", "RK4"]:
        yield f"servo of {integrator}", model(
            option=f'</option><option integrator="{integrator}" timestep="0.004">',
            last='<actuator><position joint="p" kp="60" kv="5"/></actuator>')

    # flags and solver
    for flag in ["limit", "spring", "damper", "gravity", "actuation", "clampctrl", "eulerdamp", "warmstart",
                 "constraint", "contact", "refsafe", "filterparent", "autoreset", "frictionloss", "equality"]:
        yield f"flag {flag}", model(
            option=f'<flag {flag}="disable"/>', default='<joint frictionloss="0.3"/>', last='<actuator><motor joint="p" gear="5" ctrlrange="-0.3 0.3"/></actuator>')
    yield "no springs and dampers in a medium", model(
        option='<flag spring="disable" damper="disable"/>', top='<option density="1000" viscosity="1"/>')
    for text in ['tolerance="1e-12"', 'tolerance="1e-3"', 'iterations="30" ls_iterations="80"']:
        yield f"solver {text}", model(option=f"</option><option {text}>")
    yield "implicitfast", model(
        option='</option><option integrator="implicitfast" timestep="0.01">',
        last='<actuator><position joint="p" kp="60" kv="5" gear="2"/><velocity joint="q" kv="3" forcerange="-1 1"/></actuator>')
    yield "contacts disabled", model(
        '<body pos="0 0 0.1">' + ROOT.format("1 0 0", "0 0 1", "0 1 0")
        + '<geom size="0.2" contype="1" conaffinity="1"/></body>',
        option='<flag contact="disable"/>', world='<geom type="plane" size="1 1 1" contype="1"/>')
    for pairs in [[], [("world", "a")], [("a", "c")], [("a", "shelf"), ("world", "c")]]:
        text = "".join(f'<exclude body1="{a}" body2="{b}"/>' for a, b in pairs)
        yield f"exclude {pairs}", model(
            '<body name="a" pos="0 0 0.15">' + ROOT.format("1 0 0", "0 0 1", "0 1 0")
            + '<geom type="capsule" size="0.1" fromto="-0.3 0 0 0.3 0 0"/>'
            '<body name="b" pos="0.3 0 0"><joint axis="0 1 0"/><geom type="capsule" size="0.08" fromto="0 0 0 0.4 0 0"/>'
            '<body name="c" pos="0.4 0 0"><joint axis="0 1 0" ref="90"/><geom type="capsule" size="0.08" fromto="0 0 0 -0.5 0 0.12"/>'
            "</body></body></body>",
            world='<geom type="plane" size="1 1 1"/><body name="shelf"><geom size="0.2" pos="-0.5 0 0.1"/></body>',
            default='<geom contype="1" conaffinity="1"/>',
            last=f"<contact>{text}</contact>").replace('<geom contype="0" conaffinity="0"/>', "", 1)
    for iterations in [1, 2, 3]:
        yield f"iterations {iterations}", model(
            '<body pos="0 0 0.25">' + ROOT.format("1 0 0", "0 0 1", "0 1 0")
            + '<geom type="capsule" size="0.1" fromto="-0.3 0 0 0.3 0 0" contype="1" friction="0.9 0.1 0.1"/>'
            '<body pos="0.3 0 0"><joint axis="0 1 0" range="-20 20"/>'
            '<geom type="capsule" size="0.08" fromto="0 0 0 0.4 0 0" contype="1"/></body></body>',
            option=f'</option><option iterations="{iterations}" timestep="0.01">',
            world='<geom type="plane" size="1 1 1" conaffinity="1"/>')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder")
    parser.add_argument("--samples", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.folder:
        entries = []
        for index, (name, text) in enumerate(models()):
            path = f"{index:02d} {name}.xml".replace("/", " ")
            with open(os.path.join(arguments.folder, path), "w") as file:
                file.write(text)
            entries.append({"path": path})
        with open(os.path.join(arguments.folder, "models.json"), "w") as file:
            json.dump(entries, file)
        return
    rng = np.random.default_rng(20261128)
    recorded = [{"name": name, **record(text, rng, arguments.samples)} for name, text in models()]
    print(json.dumps({"mujoco": mujoco.__version__})[:-1] + ', "models": [')
    print(",\n".join(json.dumps(m, separators=(",", ":")) for m in recorded))
    print("]}")


if __name__ == "__main__":
    sys.exit(main())

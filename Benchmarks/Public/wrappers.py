"""What is examined: the packages, and for each the wrappers that call it."""

from __future__ import annotations

from dataclasses import dataclass

SUITE = "suite"  # the problems of `certify --suite`: a meta-gradient
LOSSES = "losses"  # the problems of losses.json, without inner steps: a policy gradient

DISCOUNTED = "times γ^h"
REPAIRED = "times γ^h, sum over steps, score term"
OTHER_STEP = REPAIRED + "; inner step by a log-probability loss"
SCORE = "score term"


@dataclass(frozen=True)
class Wrapper:
    """A call of `metatape certify --external`."""

    package: str  # its name on PyPI
    file: str
    arguments: str
    called: str  # for the page
    option: str = ""  # what the wrapper adds, for the page
    problems: tuple[str, ...] = (SUITE,)

    def key(self, problems: str) -> str:
        return f"{problems} {self.file} {self.arguments}"


def loss(
    package: str, file: str, variant: str, called: str, added: str, *, plain: bool = True
) -> list[Wrapper]:
    """A loss as the package has it, with the discount, and repaired."""
    both = (SUITE, LOSSES)
    discounted = f"{variant} --discounted"
    fixed = f"{variant} --fixed"
    return [
        Wrapper(package, file, variant, called, "", both if plain else (LOSSES,)),
        Wrapper(package, file, discounted, called, DISCOUNTED, both),
        Wrapper(package, file, fixed, called, added, both),
    ]

WRAPPERS = [
    Wrapper(
        "higher",
        "higher_maml.py",
        "innerloop",
        "`innerloop_ctx`, `copy_initial_weights=False`",
    ),
    Wrapper("higher", "higher_maml.py", "innerloop-defaults", "`innerloop_ctx`, default options"),
    Wrapper(
        "higher",
        "higher_maml.py",
        "innerloop --fixed",
        "`innerloop_ctx`, `copy_initial_weights=False`",
        SCORE,
    ),
    Wrapper("learn2learn", "learn2learn_maml.py", "maml", "`MAML`"),
    Wrapper(
        "learn2learn", "learn2learn_maml.py", "maml-first-order", "`MAML`, `first_order=True`"
    ),
    Wrapper("learn2learn", "learn2learn_maml.py", "meta-sgd", "`MetaSGD`"),
    Wrapper("learn2learn", "learn2learn_maml.py", "maml --fixed", "`MAML`", SCORE),
    Wrapper("learn2learn", "learn2learn_maml.py", "meta-sgd --fixed", "`MetaSGD`", SCORE),
    Wrapper("torchmeta", "torchmeta_maml.py", "gradient-update", "`gradient_update_parameters`"),
    Wrapper(
        "torchmeta",
        "torchmeta_maml.py",
        "first-order",
        "`gradient_update_parameters`, `first_order=True`",
    ),
    Wrapper(
        "torchmeta",
        "torchmeta_maml.py",
        "gradient-update --fixed",
        "`gradient_update_parameters`",
        SCORE,
    ),
    Wrapper("torchopt", "torchopt_maml.py", "meta-sgd", "`MetaSGD`"),
    Wrapper("torchopt", "torchopt_maml.py", "meta-adam", "`MetaAdam`, default options"),
    Wrapper("torchopt", "torchopt_maml.py", "meta-adam-eps-root", "`MetaAdam`, `eps_root=1e-8`"),
    Wrapper("torchopt", "torchopt_maml.py", "meta-sgd --fixed", "`MetaSGD`", SCORE),
    Wrapper(
        "torchopt",
        "torchopt_maml.py",
        "meta-adam-eps-root --fixed",
        "`MetaAdam`, `eps_root=1e-8`",
        SCORE,
    ),
    *loss("cherry-rl", "cherry_losses.py", "a2c", "`a2c.policy_loss`, `discount`", REPAIRED),
    Wrapper(
        "cherry-rl",
        "cherry_losses.py",
        "a2c-gae",
        "`a2c.policy_loss`, `generalized_advantage` with values 0",
        "",
        (LOSSES,),
    ),
    Wrapper(
        "cherry-rl",
        "cherry_losses.py",
        "a2c-gae-example",
        "the same, arguments in the order of its example",
        "",
        (LOSSES,),
    ),
    Wrapper(
        "cherry-rl",
        "cherry_losses.py",
        "a2c-normalized",
        "`a2c.policy_loss`, `normalize`",
        "",
        (LOSSES,),
    ),
    *loss(
        "cherry-rl", "cherry_losses.py", "trpo", "`trpo.policy_loss`", OTHER_STEP, plain=False
    ),
    *loss("cherry-rl", "cherry_losses.py", "ppo", "`ppo.policy_loss`", OTHER_STEP, plain=False),
    Wrapper("cherry-rl", "cherry_losses.py", "ppo-steps --fixed", "`ppo.policy_loss`", REPAIRED),
    *loss(
        "rlax",
        "rlax_losses.py",
        "policy-gradient",
        "`policy_gradient_loss`, `discounted_returns`",
        REPAIRED,
    ),
    Wrapper(
        "rlax",
        "rlax_losses.py",
        "vtrace",
        "`policy_gradient_loss`, `vtrace_td_error_and_advantage`",
        "",
        (LOSSES,),
    ),
    Wrapper(
        "rlax",
        "rlax_losses.py",
        "entropy",
        "`policy_gradient_loss`, 0.01 `entropy_loss`",
        "",
        (LOSSES,),
    ),
    *loss(
        "rlax",
        "rlax_losses.py",
        "clipped-surrogate",
        "`clipped_surrogate_pg_loss`",
        OTHER_STEP,
        plain=False,
    ),
    *loss("torchrl", "torchrl_losses.py", "reinforce", "`ReinforceLoss`, `reward2go`", REPAIRED),
    Wrapper(
        "torchrl", "torchrl_losses.py", "a2c", "`A2CLoss`, `entropy_bonus=False`", "", (LOSSES,)
    ),
    Wrapper(
        "torchrl", "torchrl_losses.py", "a2c-entropy", "`A2CLoss`, default options", "", (LOSSES,)
    ),
    *loss(
        "torchrl",
        "torchrl_losses.py",
        "clip-ppo",
        "`ClipPPOLoss`, `entropy_bonus=False`",
        OTHER_STEP,
        plain=False,
    ),
]

/* MetaTape from C, and from every language that calls C.
 *
 * Numbers are double precision, arrays row-major, owned by the caller and used only during the call.
 * Every array is followed by the number of its elements, which is checked.
 *
 * Functions return METATAPE_OK or a code; metatape_error() then says in words what happened and what to do.
 * Handles are numbers: a wrong or freed one is an error. Any function may be called from any thread; calls
 * with one handle take turns. Texts that are returned through a `char **` are JSON in UTF-8, freed by
 * metatape_free.
 */
#ifndef METATAPE_H
#define METATAPE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define METATAPE_INTERFACE 1

enum {
  METATAPE_OK = 0,
  METATAPE_INVALID_ARGUMENT = 1, /* a size, value, name or JSON text that cannot be used */
  METATAPE_INVALID_HANDLE = 2,   /* never made, freed, or of another kind */
  METATAPE_INVALID_STATE = 3,    /* the simulation left the finite numbers, or a reset is missing */
  METATAPE_FORKED = 4,           /* another thread was using the object when the process forked */
  METATAPE_CALLBACK = 5,         /* a callback failed */
  METATAPE_UNSUPPORTED = 6,      /* what the environment or the processor does not have */
  METATAPE_FAILED = 7            /* anything else: see the message */
};

/* ---- Library ---------------------------------------------------------------------------------------- */

/* METATAPE_INTERFACE of the library. */
int32_t metatape_interface(void);

/* METATAPE_OK if the processor has AVX2, FMA and BMI2, which all other functions need; else METATAPE_UNSUPPORTED.
 * This function itself runs on any x86-64 processor. */
int32_t metatape_processor(void);

/* What went wrong in the last call of this thread that failed; empty before. Valid until the thread's next
 * call. */
const char *metatape_error(void);

/* Frees a text that a function returned. NULL is allowed. */
void metatape_free(char *text);

/* {"version": "0.1.0", "interface": 1, "processor": …, "blas": …} */
int32_t metatape_build(char **json);

/* {"tasks": [{"name", "summary", "horizon": steps or missing, "options": [{"key", "kind", "documentation",
 *  "default", "choices"}]}], "policies": […], "outer_steps": […],
 *  "estimators": [{"name", "summary", "unbiased"}], "presets": [names],
 *  "models": ["half-cheetah", "swimmer"]} */
int32_t metatape_catalog(char **json);

/* ---- Environments ----------------------------------------------------------------------------------- */

/* Makes a batch of episodes of one task.
 *
 * `options`: {"name": "half-cheetah-direction", "count": 64, "horizon": 1000,
 *   "options": {"control-cost": 0.1}, "autoreset": "disabled" | "next-step" | "same-step"}
 * `name` and `options` are the catalog's; `horizon` (default 100) is the number of steps after which an
 * episode is truncated; 0 for none. Autoreset is Gymnasium's (default "disabled"). */
int32_t metatape_batch_create(const char *options, uint64_t *batch);

/* {"name", "summary", "count", "horizon", "observation_space": {"low": […], "high": […]} or {"n": 5}
 *  (infinite bounds are null), "action_space", "task_size", "state_parts": [{"name", "size"}] (empty if states
 *  cannot be read), "info_names": […], "timestep": seconds, "render": "planar" | "point"}; the last two
 *  where there is one */
int32_t metatape_batch_describe(uint64_t batch, char **json);

/* Draws the task with a number: the `index`-th of the tasks that a seed stands for. */
int32_t metatape_batch_sample_task(
    uint64_t batch, uint64_t seed, uint64_t index, double *task, int64_t task_count);

/* The task of the episodes; it takes effect when the caller resets all rows together or sets
 * the states of all; what is reset automatically keeps its task. `task` gives the task that was set. */
int32_t metatape_batch_set_task(uint64_t batch, const double *task, int64_t task_count);
int32_t metatape_batch_task(uint64_t batch, double *task, int64_t task_count);

/* Starts episodes.
 *
 * `mask` [count] chooses rows (not 0); NULL for all. `seeds` [count] and `numbers` [count]: the row draws what
 * MetaTape's sampler draws for the episode of that number in a batch with that seed, for its first episode;
 * later ones have the next meta-epoch. NULL seeds: every row goes on with its own; rows that never had
 * a seed have 0 and their row as number. `observations` [count, o]: only the chosen rows are written. */
int32_t metatape_batch_reset(
    uint64_t batch, const uint8_t *mask, int64_t mask_count, const uint64_t *seeds, int64_t seed_count,
    const uint64_t *numbers, int64_t number_count, double *observations, int64_t observation_count);

/* Advances every episode by one step.
 *
 * `actions` [count, a]; a number that is not finite is METATAPE_INVALID_ARGUMENT and nothing is stepped.
 * Rows that have ended: with "disabled" they are METATAPE_INVALID_STATE until they are reset; with "next-step"
 * they are reset in place of the step, with reward 0; with "same-step" the row is reset after its last
 * step, and `final_observations` and `final_infos` (may be NULL; only rows that ended are written) keep what the
 * step gave. `infos` [count, i] (may be NULL) has a column for each of info_names; zeros at resets. */
int32_t metatape_batch_step(
    uint64_t batch, const double *actions, int64_t action_count, double *observations,
    int64_t observation_count, double *rewards, int64_t reward_count, uint8_t *terminated,
    int64_t terminated_count, uint8_t *truncated, int64_t truncated_count, double *infos,
    int64_t info_count, double *final_observations, int64_t final_observation_count,
    double *final_infos, int64_t final_info_count);

/* The same with arrays that stay: `bind` keeps those of a step, which the caller leaves where they are until
 * the next `bind` or the end of the batch; `advance` steps with what is in `actions` then. For languages in
 * which an argument costs. */
int32_t metatape_batch_bind(
    uint64_t batch, const double *actions, int64_t action_count, double *observations,
    int64_t observation_count, double *rewards, int64_t reward_count, uint8_t *terminated,
    int64_t terminated_count, uint8_t *truncated, int64_t truncated_count, double *infos,
    int64_t info_count, double *final_observations, int64_t final_observation_count,
    double *final_infos, int64_t final_info_count);
int32_t metatape_batch_advance(uint64_t batch);

/* Full states: [count, s], the state_parts one behind the other. Setting them starts the rows' episodes there:
 * the step count is 0. */
int32_t metatape_batch_states(uint64_t batch, double *states, int64_t state_count);
int32_t metatape_batch_set_states(
    uint64_t batch, const uint8_t *mask, int64_t mask_count, const double *states,
    int64_t state_count, double *observations, int64_t observation_count);

/* What there is to draw of a row: {"segments": [{"from": [x, z], "to": [x, z], "radius": r}], "ground": z}, the
 * ground where there is one and with [x, y] where gravity does not matter; of a point {"segments": [],
 * "point": [x, y], "goal": [x, y]}. A body that reaches for a target has a "goal" too. "width" is that of the view
 * in m, where it is not the usual one. */
int32_t metatape_batch_picture(uint64_t batch, int64_t row, char **json);

int32_t metatape_batch_free(uint64_t batch);

/* ---- Simulator -------------------------------------------------------------------------------------- */

/* A model by name ("half-cheetah", "swimmer"), or from the text of an MJCF file. */
int32_t metatape_model_named(const char *name, uint64_t *model);
int32_t metatape_model_load(const char *mjcf, int64_t mjcf_count, uint64_t *model);

/* {"name", "dofs": n, "motors": m, "timestep": s, "joints": [names], "bodies": [names]} */
int32_t metatape_model_describe(uint64_t model, char **json);

/* Simulates `batch` episodes, `steps` steps of `frames` physics steps each, on up to `threads` threads.
 *
 * `initial` [batch, 2 dofs]: positions, then velocities. `controls` [batch, steps, motors]. `states`
 * [batch, steps, 2 dofs] is written with what is there after each step. `exact` not 0 solves contacts to the
 * minimiser instead of stopping where MuJoCo does. An episode that diverges repeats its last valid
 * state, and the call returns METATAPE_INVALID_STATE with the row and step. */
int32_t metatape_model_rollout(
    uint64_t model, int64_t batch, int64_t steps, int64_t frames, int32_t exact, int64_t threads,
    const double *initial, int64_t initial_count, const double *controls, int64_t control_count,
    double *states, int64_t state_count);

int32_t metatape_model_free(uint64_t model);

/* ---- Policies --------------------------------------------------------------------------------------- */

/* A policy of the catalog. `options`: {"kind": "gaussian-network", "observations": 17 or {"n": 5},
 *   "actions": 6 or {"n": 3}, "options": {"hidden-sizes": [64, 64]}} */
int32_t metatape_policy_create(const char *options, uint64_t *policy);

/* {"parameters": d, "observation_size", "action_size", "blocks": [{"name", "rows", "columns", "start"}]} */
int32_t metatape_policy_describe(uint64_t policy, char **json);

/* Initial parameters [d]. */
int32_t metatape_policy_initialize(
    uint64_t policy, uint64_t seed, double *parameters, int64_t parameter_count);

/* Actions [n, a] for observations [n, o], drawn with a seed. */
int32_t metatape_policy_sample(
    uint64_t policy, uint64_t seed, const double *parameters, int64_t parameter_count,
    const double *observations, int64_t observation_count, double *actions, int64_t action_count);

/* log pi(a_n | o_n): [n]. */
int32_t metatape_policy_log_probabilities(
    uint64_t policy, const double *parameters, int64_t parameter_count, const double *observations,
    int64_t observation_count, const double *actions, int64_t action_count, double *values,
    int64_t value_count);

/* The gradient [d] of sum_n w_n log pi(a_n | o_n). */
int32_t metatape_policy_gradient(
    uint64_t policy, const double *parameters, int64_t parameter_count, const double *observations,
    int64_t observation_count, const double *actions, int64_t action_count, const double *weights,
    int64_t weight_count, double *gradient, int64_t gradient_count);

/* Its Hessian times a vector: [d]. */
int32_t metatape_policy_hessian_vector_product(
    uint64_t policy, const double *parameters, int64_t parameter_count, const double *observations,
    int64_t observation_count, const double *actions, int64_t action_count, const double *weights,
    int64_t weight_count, const double *vector, int64_t vector_count, double *product,
    int64_t product_count);

int32_t metatape_policy_free(uint64_t policy);

/* ---- Certificates and studies ------------------------------------------------------------------------ */

/* An estimator of the caller. Callbacks return 0, or another number to stop with METATAPE_CALLBACK. They are
 * called from the calling thread, one at a time. All arrays are valid during the callback alone. */
typedef struct {
  /* A problem: its JSON as `certify --external` sends it. */
  int32_t (*pose)(void *context, const char *problem);
  /* Inner steps. chains [count, steps, inner_batch] of trajectory numbers; start [count, d]; adapted [count, d]
   * is to be written. */
  int32_t (*adapt)(
      void *context, int64_t count, int64_t steps, const int64_t *chains, const double *start,
      double *adapted);
  /* Estimates. chains [count, inner_steps, inner_batch], outer [count, outer_batch]; gradients [count, d] is to
   * be written. */
  int32_t (*estimate)(
      void *context, int64_t count, const int64_t *chains, const int64_t *outer, double *gradients);
  void *context;
} metatape_estimator;

/* The verdict on the caller's estimator, as `certify --external … --json` prints it.
 *
 * `request`: {"name": "mine", "dtype": "float64", "ordered": false, "unbiased": true,
 *   "problems": "suite" | "thorough" | {"cases": […]} as a file of problems | {"seed": 1, "states": 2, …},
 *   "tolerance": 1e-9, "limit": 400000, "chunk": 1000}; all but "name" may be left out. `limit` is the greatest
 *   number of pairs of a chain and an outer batch. */
int32_t metatape_certify_estimator(
    const char *request, const metatape_estimator *estimator, char **json);

/* The certificate of MetaTape's own estimators: {"problems": {"cases": […]} | {"seed": 1, …},
 *   "estimators": [names], "tolerance", "limit", "ordered", "threads"}. */
int32_t metatape_certify(const char *request, char **json);

/* A comparison of estimators: {"preset": "tabular.random", "set": {"inner.steps": 2}, "seed": 1,
 *   "estimators": [names], "parameters": [d], "meta_batches": 40, "learning": 20, "threads": 1, …}: the document
 *   of `study --json`. */
int32_t metatape_study(const char *request, char **json);

/* Returns on fresh tasks before and after inner steps: {"set": {"environment.name": …, every key of a run's
 *   configuration}, "threads": 1} and a policy's parameters: the document of a run's test.json. */
int32_t metatape_evaluate(
    const char *request, const double *parameters, int64_t parameter_count, char **json);

#ifdef __cplusplus
}
#endif
#endif

// MAML and SG-MRL in JavaScript, without packages: node estimator.mjs maml|sg-mrl
//
// One chain at a time. The policy is a softmax with logits(s) = features[s] θ: the gradient of a
// log-probability, its score, is the feature of the action less the state's mean feature, and its
// Hessian minus the covariance of the state's features.

import { createInterface } from "node:readline";

const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
/** Adds `factor` times `x` to `y`. */
const add = (y, factor, x) => x.forEach((value, i) => (y[i] += factor * value));

/** The rows of the problem's table, without what is behind the end of an episode. */
function trajectories(problem) {
  return problem.lengths.map((length, row) => {
    const returns = new Array(length + 1).fill(0); // R^h = sum over k >= h of discount^k r_k
    for (let h = length - 1; h >= 0; h--) {
      returns[h] = returns[h + 1] + problem.discount ** h * problem.rewards[row][h];
    }
    return { length, returns, states: problem.states[row], actions: problem.actions[row] };
  });
}

/** The probabilities of the actions of every state, and their scores. */
function policy(problem, theta) {
  return problem.features.map((features) => {
    const logits = features.map((feature) => dot(feature, theta));
    const greatest = Math.max(...logits);
    const weights = logits.map((logit) => Math.exp(logit - greatest));
    const total = weights.reduce((sum, weight) => sum + weight);
    const probabilities = weights.map((weight) => weight / total);
    const mean = theta.map((_, i) => dot(probabilities, features.map((feature) => feature[i])));
    const scores = features.map((feature) => feature.map((value, i) => value - mean[i]));
    return { probabilities, scores };
  });
}

/** Calls `body` with state, action and return to go of every step of a batch. */
function eachStep(problem, batch, body) {
  for (const row of batch) {
    const { length, returns, states, actions } = problem.trajectories[row];
    for (let h = 0; h < length; h++) body(states[h], actions[h], returns[h]);
  }
}

/** The policy gradient of a batch. */
function gradient(problem, batch, pi) {
  const result = problem.parameters.map(() => 0);
  eachStep(problem, batch, (state, action, toGo) => {
    add(result, toGo / batch.length, pi[state].scores[action]);
  });
  return result;
}

/** Takes the inner steps. Returns the policy that drew each batch, and the last parameters. */
function adapt(problem, chain, start) {
  const theta = [...start];
  const drawn = chain.map((batch) => {
    const pi = policy(problem, theta);
    add(theta, problem.stepSize, gradient(problem, batch, pi));
    return pi;
  });
  return { drawn, theta };
}

/** The meta-gradient of a chain; SG-MRL's has the scores of the inner batches. */
function estimate(problem, chain, outer, hasScores) {
  const { drawn, theta } = adapt(problem, chain, problem.parameters);
  const value = outer.reduce((sum, row) => sum + problem.trajectories[row].returns[0], 0);
  let v = gradient(problem, outer, policy(problem, theta));
  for (let t = chain.length - 1; t >= 0; t--) {
    const [pi, next] = [drawn[t], [...v]];
    eachStep(problem, chain[t], (state, action, toGo) => {
      const factor = (problem.stepSize * toGo) / chain[t].length;
      pi[state].scores.forEach((score, a) => {
        add(next, -factor * pi[state].probabilities[a] * dot(score, v), score);
      });
      if (hasScores) add(next, value / outer.length, pi[state].scores[action]);
    });
    v = next;
  }
  return v;
}

function answer(message, state) {
  const { problem } = state;
  switch (message.request) {
    case "hello":
      return {
        protocol: 1,
        name: `${state.hasScores ? "SG-MRL" : "MAML"} in JavaScript`,
        dtype: "float64",
        unbiased: state.hasScores,
      };
    case "problem":
      state.problem = { ...message, trajectories: trajectories(message) };
      return {};
    case "adapt": {
      const start = (i) => message.parameters?.[i] ?? problem.parameters;
      return { parameters: message.chains.map((chain, i) => adapt(problem, chain, start(i)).theta) };
    }
    case "estimate": {
      const one = (chain, i) => estimate(problem, chain, message.outer[i], state.hasScores);
      return { gradients: message.chains.map(one) };
    }
  }
  throw new Error(`unknown request ${message.request}`);
}

const state = { problem: null, hasScores: { maml: false, "sg-mrl": true }[process.argv[2]] };
if (state.hasScores === undefined) throw new Error("usage: estimator.mjs maml|sg-mrl");
for await (const line of createInterface({ input: process.stdin })) {
  let id = null;
  let reply;
  try {
    const message = JSON.parse(line);
    ({ id } = message);
    reply = answer(message, state);
    for (const [key, rows] of Object.entries(reply)) {
      const row = Array.isArray(rows) ? rows.findIndex((row) => !row.every(Number.isFinite)) : -1;
      if (row >= 0) throw new RangeError(`${key}[${row}] of request ${id} is not finite`);
    }
  } catch (error) {
    console.error(error);
    reply = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify({ id, ...reply }) + "\n");
}

#!/bin/bash
# Builds the documentation of every library module into .build/docs, warnings as errors.
set -euo pipefail
cd "$(dirname "$0")/.."

export METATAPE_DOCS=1
modules=(Requirements Components Scheduling Statistics CLibrary Files LinearAlgebra RandomNumbers Autodiff Policies Simulator Verification Environments MessagePassing TensorFiles Rollouts SGMRL Theory Certification Experiments Findings Runs Terminal Reports Reproduction CInterface)
targets=()
for module in "${modules[@]}"; do targets+=(--target "$module"); done
swift package --scratch-path .build-docs --allow-writing-to-directory .build/docs \
  generate-documentation "${targets[@]}" --enable-experimental-combined-documentation \
  --warnings-as-errors --transform-for-static-hosting --hosting-base-path metatape \
  --output-path .build/docs
echo "The documentation is in .build/docs."

// The whole of MetaTape behind one import.

@_exported import Autodiff
@_exported import Certification
@_exported import Components
@_exported import Environments
@_exported import Experiments
@_exported import Findings
@_exported import MessagePassing
@_exported import Policies
@_exported import Reports
@_exported import Reproduction
@_exported import Rollouts
@_exported import Runs
@_exported import SGMRL
@_exported import Statistics
@_exported import Theory
@_exported import Verification

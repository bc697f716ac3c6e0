// Data, URL and JSON for every module that reads or writes files, without the rest of Foundation: a
// library that links only these modules is a sixth of the size.
#if canImport(FoundationEssentials)
@_exported import FoundationEssentials
#else
@_exported import Foundation
#endif

#ifndef METATAPE_COPENMPI_H
#define METATAPE_COPENMPI_H

#if !__has_include(<mpi.h>)
#error "The trait MPI needs Open MPI. Install it, on Debian with: apt-get install libopenmpi-dev openmpi-bin"
#endif

#include <mpi.h>

// What mpi.h defines as macros, which Swift does not see.

static inline int metatape_mpi_start(void) {
  int provided = 0;
  int status = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
  if (status == MPI_SUCCESS) status = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  return status != MPI_SUCCESS ? status : provided < MPI_THREAD_SERIALIZED ? MPI_ERR_OTHER : 0;
}

static inline int metatape_mpi_finish(void) {
  int started = 0, finished = 0;
  MPI_Initialized(&started);
  MPI_Finalized(&finished);
  return started && !finished ? MPI_Finalize() : 0;
}

static inline void metatape_mpi_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

static inline int metatape_mpi_rank(int *rank) { return MPI_Comm_rank(MPI_COMM_WORLD, rank); }

static inline int metatape_mpi_size(int *size) { return MPI_Comm_size(MPI_COMM_WORLD, size); }

static inline int metatape_mpi_gather_counts(int mine, int *counts) {
  return MPI_Allgather(&mine, 1, MPI_INT, counts, 1, MPI_INT, MPI_COMM_WORLD);
}

static inline int metatape_mpi_gather_bytes(
    const void *mine, int count, void *all, const int *counts, const int *places) {
  return MPI_Allgatherv(
      mine, count, MPI_BYTE, all, counts, places, MPI_BYTE, MPI_COMM_WORLD);
}

#endif

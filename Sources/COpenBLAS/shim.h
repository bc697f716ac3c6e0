#ifndef METATAPE_COPENBLAS_H
#define METATAPE_COPENBLAS_H
#include <cblas.h>
#include <lapacke.h>
#endif

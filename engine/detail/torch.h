// The one door to LibTorch: no other file of the project includes one of its headers. Private to the engine's
// sources.
#pragma once

#ifdef QT_CORE_LIB
#error "LibTorch must not be included in a Qt translation unit"
#endif

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>

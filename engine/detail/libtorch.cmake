# LibTorch as an imported target of our own. TorchConfig.cmake of a CUDA wheel enables the CUDA language, needs a toolkit
# and runs a GPU detection program; none of that is needed to include headers and link two libraries.
#
# Only the CPU libraries are linked: they load in a quarter of the time. Where a GPU is present, engine/model loads
# libtorch_cuda.so at run time, which registers itself (see engine/model/detail/cuda_runtime.h).
if(NOT ROPESCOPE_TORCH)
    execute_process(COMMAND ${CMAKE_SOURCE_DIR}/.ci/find-torch OUTPUT_VARIABLE torch_folder OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(ROPESCOPE_TORCH ${torch_folder} CACHE PATH "Folder of an existing LibTorch or of Python's torch package" FORCE)
endif()
if(NOT EXISTS ${ROPESCOPE_TORCH}/lib/libtorch_cpu.so)
    message(FATAL_ERROR "LibTorch not found (looked in '${ROPESCOPE_TORCH}'): run ./ropescope, which installs it, "
                        "or pass -DROPESCOPE_TORCH=<folder with include/ and lib/>")
endif()
message(STATUS "LibTorch: ${ROPESCOPE_TORCH}")

# The wheel's own CUDA libraries must win over an older one in the system's library path.
file(GLOB torch_rpath_links LIST_DIRECTORIES true ${ROPESCOPE_TORCH}/../nvidia/*/lib)
list(TRANSFORM torch_rpath_links PREPEND "-Wl,-rpath-link,")

add_library(libtorch INTERFACE)
target_include_directories(libtorch SYSTEM INTERFACE
    ${ROPESCOPE_TORCH}/include ${ROPESCOPE_TORCH}/include/torch/csrc/api/include)
target_link_libraries(libtorch INTERFACE
    ${ROPESCOPE_TORCH}/lib/libtorch_cpu.so ${ROPESCOPE_TORCH}/lib/libc10.so ${torch_rpath_links})
target_link_options(libtorch INTERFACE -Wl,-rpath,${ROPESCOPE_TORCH}/lib)
# Some wheels carry headers of a newer fmt than the system's library: whichever a file gets, it needs no library.
target_compile_definitions(libtorch INTERFACE FMT_HEADER_ONLY)

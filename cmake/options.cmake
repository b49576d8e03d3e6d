# sello_options: what every target of ours is compiled with.
find_program(CCACHE ccache)
if(CCACHE)
    # What was compiled in one clone serves the next.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

set(SELLO_SANITIZER "" CACHE STRING "address (by Clang), thread or empty")
option(SELLO_HARDENED "Release hardening flags" OFF)

add_library(sello_options INTERFACE)
target_compile_features(sello_options INTERFACE cxx_std_20)
target_include_directories(sello_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(sello_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast> -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # -Wrestrict and -Wnull-dereference give false alarms in GCC 12.
    target_compile_options(sello_options INTERFACE -Wduplicated-cond -Wlogical-op -Wno-restrict)
endif()
if(SELLO_SANITIZER STREQUAL "address")  # what the fuzz targets need too, but for libFuzzer's own main
    # Clang 14 cannot assemble coroutines with the check of function pointers' types.
    set(sanitizers -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize=function)
    add_compile_options(${sanitizers} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(${sanitizers})
elseif(SELLO_SANITIZER STREQUAL "thread")
    add_compile_options(-fsanitize=thread)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-Wno-tsan)  # Asio's fences
    endif()
    add_link_options(-fsanitize=thread)
endif()
if(SELLO_HARDENED)
    add_compile_options(-D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection)
    add_link_options(-Wl,-z,relro,-z,now)
endif()

# For what fuzzing spends little time in: to optimise it takes Clang as long as all the rest.
function(sello_unoptimised_under_address_sanitizer target)
    if(SELLO_SANITIZER STREQUAL "address")
        target_compile_options(${target} PRIVATE -O0)
    endif()
endfunction()

# sello_library(NAME SOURCES ... HEADERS ... PUBLIC ... PRIVATE ...): a folder's library, known as sello::NAME.
function(sello_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
    add_library(sello_${name} STATIC ${ARG_SOURCES})
    add_library(sello::${name} ALIAS sello_${name})
    target_sources(sello_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
    target_link_libraries(sello_${name} PUBLIC sello_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()

# Targets of all test programs, and of those whose code has threads.
add_custom_target(unit_tests)
add_custom_target(threaded_tests)

# sello_test(NAME [THREADED] SOURCES ... LIBRARIES ...): a GoogleTest program, run by ctest one test at a time; under
# the label `threaded` if it is one for ThreadSanitizer.
function(sello_test name)
    cmake_parse_arguments(ARG "THREADED" "" "SOURCES;LIBRARIES" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE sello_options ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main)
    sello_unoptimised_under_address_sanitizer(${name})
    set(labels unit)
    add_dependencies(unit_tests ${name})
    if(ARG_THREADED)
        set(labels threaded)
        add_dependencies(threaded_tests ${name})
    endif()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS ${labels})
endfunction()

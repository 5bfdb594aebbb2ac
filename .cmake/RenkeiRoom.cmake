# A room is a folder: its sources, its target and its tests carry the folder's name.
#
#   renkei_room(DEPS <targets>...)              in <top>/<room>/CMakeLists.txt
#     makes renkei_<top>_<room> (alias renkei::<top>_<room>) of every *.cc there but *_main.cc
#   renkei_program(<name> <main.cc> DEPS ...)   an executable
#   renkei_embed(<target> <symbol> <file>...)   bytes of data files inside the library, see base/embedded.h

set(_gen ${CMAKE_BINARY_DIR}/generated)

function(renkei_room)
  cmake_parse_arguments(R "" "" "DEPS" ${ARGN})
  file(RELATIVE_PATH rel ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE "/" "_" name ${rel})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "_main\\.cc$")
  if(sources)
    add_library(renkei_${name} STATIC ${sources})
    target_include_directories(renkei_${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(renkei_${name} PUBLIC ${R_DEPS} PRIVATE renkei_warnings)
  else()
    add_library(renkei_${name} INTERFACE)
    target_include_directories(renkei_${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(renkei_${name} INTERFACE ${R_DEPS})
  endif()
  add_library(renkei::${name} ALIAS renkei_${name})
endfunction()

function(renkei_program name main)
  cmake_parse_arguments(R "" "" "DEPS" ${ARGN})
  add_executable(${name} ${main})
  target_link_libraries(${name} PRIVATE ${R_DEPS} renkei_warnings)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# One gtest executable per folder of tests; label = the first folder (unit, contract, ...).
# ctest runs each TEST in a process of its own; with ONE_PROCESS all of them in one, because they share a
# costly world.
function(renkei_tests rel)
  cmake_parse_arguments(R "ONE_PROCESS" "TIMEOUT" "DEPS" ${ARGN})
  if(NOT R_TIMEOUT)
    set(R_TIMEOUT 120)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${rel}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" name ${rel})
  string(REGEX REPLACE "/.*" "" label ${rel})
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${R_DEPS} GTest::gmock_main renkei_warnings)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE RENKEI_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             RENKEI_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
  if(R_ONE_PROCESS)
    add_test(NAME ${rel} COMMAND ${name})
    set_tests_properties(${rel} PROPERTIES LABELS ${label} TIMEOUT ${R_TIMEOUT})
    return()
  endif()
  include(GoogleTest)
  gtest_discover_tests(${name} TEST_PREFIX "${rel}/" DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${label} TIMEOUT ${R_TIMEOUT})
endfunction()

function(renkei_embed target symbol)
  set(asm ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.S)
  set(header ${_gen}/embedded/${symbol}.h)
  set(body "")
  set(decl "")
  set(table "")
  set(inputs "")
  foreach(file ${ARGN})
    get_filename_component(path ${file} ABSOLUTE)
    list(APPEND inputs ${path})
    get_filename_component(base ${file} NAME)
    string(MAKE_C_IDENTIFIER "${symbol}_${base}" id)
    string(APPEND body ".global ${id}_begin\n.global ${id}_end\n${id}_begin:\n.incbin \"${path}\"\n${id}_end:\n.byte 0\n")
    string(APPEND decl "extern const char ${id}_begin[];\nextern const char ${id}_end[];\n")
    string(APPEND table "  {\"${base}\", ${id}_begin, ${id}_end},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${asm} CONTENT ".section .rodata\n${body}.section .note.GNU-stack,\"\",@progbits\n" @ONLY)
  file(CONFIGURE OUTPUT ${header} CONTENT
"#pragma once
#include \"policy/base/embedded.h\"
extern \"C\" {
${decl}}
inline constexpr renkei::policy::base::EmbeddedFile ${symbol}[] = {
${table}};
" @ONLY)
  set_property(SOURCE ${asm} PROPERTY OBJECT_DEPENDS "${inputs}")
  set_property(SOURCE ${asm} PROPERTY LANGUAGE C)
  set_property(SOURCE ${asm} APPEND PROPERTY COMPILE_OPTIONS "-xassembler-with-cpp")
  target_sources(${target} PRIVATE ${asm})
  target_include_directories(${target} PUBLIC ${_gen})
endfunction()

# renkei::sqlcipher_engine: SQLCipher 4.14.0 from the pinned amalgamation, or the distribution's 3.4.1.
if(RENKEI_SQLCIPHER STREQUAL "vendored")
  set(RENKEI_CACHE_DIR "$ENV{RENKEI_CACHE_DIR}")
  if(NOT RENKEI_CACHE_DIR)
    set(RENKEI_CACHE_DIR "$ENV{HOME}/.cache/renkei")
  endif()
  execute_process(COMMAND bash ${CMAKE_SOURCE_DIR}/.cmake/fetch_sqlcipher.sh ${RENKEI_CACHE_DIR}
    RESULT_VARIABLE result OUTPUT_VARIABLE sqlcipher_dir OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(result)
    message(FATAL_ERROR "SQLCipher sources could not be fetched or did not match their pinned digest")
  endif()
  add_library(renkei_sqlcipher_engine STATIC ${sqlcipher_dir}/sqlite3.c)
  target_include_directories(renkei_sqlcipher_engine SYSTEM PUBLIC ${sqlcipher_dir})
  target_compile_definitions(renkei_sqlcipher_engine
    PUBLIC SQLITE_HAS_CODEC
    PRIVATE HAVE_STDINT_H=1 SQLITE_EXTRA_INIT=sqlcipher_extra_init
      SQLITE_EXTRA_SHUTDOWN=sqlcipher_extra_shutdown SQLITE_TEMP_STORE=2 SQLITE_THREADSAFE=1
      SQLITE_SECURE_DELETE SQLITE_DQS=0 SQLCIPHER_CRYPTO_OPENSSL SQLITE_DEFAULT_FOREIGN_KEYS=1
      SQLITE_OMIT_LOAD_EXTENSION SQLITE_OMIT_DEPRECATED SQLITE_MAX_EXPR_DEPTH=200)
  target_compile_options(renkei_sqlcipher_engine PRIVATE -O2 -w ${RENKEI_NOT_FUZZED})
  target_link_libraries(renkei_sqlcipher_engine PUBLIC OpenSSL::Crypto Threads::Threads ${CMAKE_DL_LIBS} m)
elseif(RENKEI_SQLCIPHER STREQUAL "system")
  pkg_check_modules(SQLCIPHER REQUIRED IMPORTED_TARGET sqlcipher)
  add_library(renkei_sqlcipher_engine INTERFACE)
  target_compile_definitions(renkei_sqlcipher_engine INTERFACE SQLITE_HAS_CODEC RENKEI_SYSTEM_SQLCIPHER)
  target_include_directories(renkei_sqlcipher_engine SYSTEM INTERFACE ${SQLCIPHER_INCLUDE_DIRS})
  target_link_libraries(renkei_sqlcipher_engine INTERFACE PkgConfig::SQLCIPHER)
else()
  message(FATAL_ERROR "RENKEI_SQLCIPHER must be vendored or system, not '${RENKEI_SQLCIPHER}'")
endif()
add_library(renkei::sqlcipher_engine ALIAS renkei_sqlcipher_engine)

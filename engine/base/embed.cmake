# runbook_embed(<variable> <function> <base folder> <files…>): text in the binary.
# Writes <function>.cc, which defines `std::span<const EmbeddedFile> runbook::<function>()` (engine/base/embedded.h), one
# entry per file, named by its path below <base folder>, in the order given. Any bytes, any size; a missing file fails the
# build. Sets <variable> to the generated source, for the SOURCES of a library that links runbook_base (or is it).
set(RUNBOOK_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/embed_script.cmake CACHE INTERNAL "")

function(runbook_embed variable function base)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${function}.list)
  set(depends "")
  set(lines "")
  foreach(file ${ARGN})
    get_filename_component(file ${file} ABSOLUTE)
    list(APPEND depends ${file})
    string(APPEND lines "${file}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${list} CONTENT "${lines}" @ONLY)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFUNCTION=${function} -DBASE=${base} -DLIST=${list} -DOUTPUT=${output}
            -P ${RUNBOOK_EMBED_SCRIPT}
    DEPENDS ${depends} ${list} ${RUNBOOK_EMBED_SCRIPT}
    COMMENT "embedding ${function}" VERBATIM)
  set_source_files_properties(${output} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()

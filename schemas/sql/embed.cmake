# cmake -DNAME=server -DOUT=file.cc "-DFILES=a.sql|b.sql" -P embed.cmake: writes a source with the migrations in it.
string(REPLACE "|" ";" FILES "${FILES}")
set(rows "")
foreach(file IN LISTS FILES)
    get_filename_component(base ${file} NAME)
    if(NOT base MATCHES "^([0-9]+)_([a-z0-9_]+)\\.[a-z]+\\.sql$")
        message(FATAL_ERROR "${base}: want NNNN_name.engine.sql")
    endif()
    set(digits ${CMAKE_MATCH_1})
    set(step ${CMAKE_MATCH_2})
    string(REGEX REPLACE "^0+" "" number ${digits})
    file(READ ${file} sql)
    string(APPEND rows "    {${number}, \"${step}\", R\"sello_sql(${sql})sello_sql\"},\n")
endforeach()
file(WRITE ${OUT} "// Generated from schemas/sql/${NAME}/.
#include \"schemas/sql/migrations.h\"

namespace sello::schemas {

Migrations ${NAME}_migrations() {
    static constexpr Migration kSteps[] = {
${rows}    };
    return kSteps;
}

}  // namespace sello::schemas
")

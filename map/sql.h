// Text in and out of SQLite's statements.
#ifndef GW_MAP_SQL_H
#define GW_MAP_SQL_H

struct sqlite3_stmt;

// A column's text, "" where there is none. Borrowed until the statement goes on.
const char *gw_sql_text(struct sqlite3_stmt *stmt, int column);

// Binds a text that outlives the step that follows.
void gw_sql_bind_text(struct sqlite3_stmt *stmt, int index, const char *text);

#endif

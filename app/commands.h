// The sub-commands of `gridwall`. Each takes its own arguments, argv[0] being its
// name, and returns the exit status: 0 good, 1 it failed, 2 called wrongly.
#ifndef GW_APP_COMMANDS_H
#define GW_APP_COMMANDS_H

int gw_command_serve(int argc, char **argv);
int gw_command_import(int argc, char **argv);
int gw_command_check_config(int argc, char **argv);
int gw_command_probe(int argc, char **argv);
int gw_command_user(int argc, char **argv);
int gw_command_token(int argc, char **argv);
int gw_command_audit(int argc, char **argv);
int gw_command_rotate_key(int argc, char **argv);
int gw_command_backup(int argc, char **argv);
int gw_command_restore(int argc, char **argv);

#endif

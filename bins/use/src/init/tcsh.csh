alias sso-use 'set _sso_use = (\!*) && set _sso_use_statements = `\sso-use --shell tcsh $_sso_use:q` && eval $_sso_use_statements:q';
complete sso-use 'p@1@`sh -c "set -f; sso-use --list --quiet 2>/dev/null | grep -v [^[:alnum:]_./+-]"`@';

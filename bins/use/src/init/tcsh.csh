alias sso-use 'set _sso_use = (\!*) && set _sso_use_statements = `\sso-use --shell tcsh $_sso_use:q` && eval $_sso_use_statements:q && unset _sso_use_statements';
complete sso-use 'p@1@`\sso-use --list`@';

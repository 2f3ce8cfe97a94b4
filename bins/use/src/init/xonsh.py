def _sso_use(arguments, stdin=None, stdout=None):
    import os, subprocess
    environment = __xonsh__.env.detype()
    command = ['sso-use', '--shell', 'xonsh', *arguments]
    if os.name == 'posix':
        command = ['sh', '-c', 'trap "" TSTP; exec "$0" "$@"', *command]

    def result_of(step):
        while True:
            try:
                return step()
            except KeyboardInterrupt:
                pass

    run = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    statements = result_of(run.stdout.read)
    status = result_of(run.wait)
    if status == 0 and statements:
        execx(statements)
    elif status == 0:
        status = subprocess.run(['sso-use', *arguments], env=environment, stdout=stdout).returncode
    return status

aliases['sso-use'] = _sso_use

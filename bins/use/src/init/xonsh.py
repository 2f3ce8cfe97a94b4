def _sso_use(arguments, stdin=None, stdout=None):
    import subprocess
    environment = __xonsh__.env.detype()
    command = ['sso-use', '--shell', 'xonsh', *arguments]
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if run.returncode == 0 and run.stdout:
        execx(run.stdout)
    elif run.returncode == 0:
        run = subprocess.run(['sso-use', *arguments], env=environment, stdout=stdout)
    return run.returncode

aliases['sso-use'] = _sso_use

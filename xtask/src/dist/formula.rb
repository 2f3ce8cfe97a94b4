class AwsSsoTools < Formula
  desc "Sign in to AWS through IAM Identity Center and get temporary credentials"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

@ARCHIVES@

  def install
    bin.install Dir["bin/*"]
    man1.install Dir["share/man/man1/*"]
    bash_completion.install Dir["share/bash-completion/completions/*"]
    zsh_completion.install Dir["share/zsh/site-functions/*"]
    fish_completion.install Dir["share/fish/vendor_completions.d/*"]
    doc.install Dir["share/doc/aws-sso-tools/*"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/export-credentials --version")
  end
end

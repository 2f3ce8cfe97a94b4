import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;

/** Prints the access key ID that the AWS SDK for Java 2.x resolves for the profile in effect. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        try (var provider = ProfileCredentialsProvider.create()) {
            System.out.println(provider.resolveCredentials().accessKeyId());
        }
    }
}

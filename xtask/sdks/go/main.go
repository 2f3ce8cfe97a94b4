// Prints the access key ID that the AWS SDK for Go v2 resolves for the profile in effect.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
)

func main() {
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx, atEndpoint(os.Getenv("AWS_ENDPOINT_URL"))...)
	if err != nil {
		log.Fatal(err)
	}
	credentials, err := settings.Credentials.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(credentials.AccessKeyID)
}

// The SDK does not use AWS_ENDPOINT_URL for the requests of its credentials providers.
func atEndpoint(url string) []func(*config.LoadOptions) error {
	tokens := func(options *ssocreds.SSOTokenProviderOptions) {
		useEndpoint := func(options *ssooidc.Options) { options.BaseEndpoint = &url }
		options.ClientOptions = append(options.ClientOptions, useEndpoint)
	}
	roles := func(options *ssocreds.Options) {
		options.Client = sso.New(sso.Options{BaseEndpoint: &url, Region: "us-east-1"})
	}
	return []func(*config.LoadOptions) error{
		config.WithSSOTokenProviderOptions(tokens),
		config.WithSSOProviderOptions(roles),
	}
}

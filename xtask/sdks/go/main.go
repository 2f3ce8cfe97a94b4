// Prints the access key ID that the AWS SDK for Go v2 resolves for the profile in effect.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
)

func main() {
	ctx := context.Background()
	endpoint, err := url.Parse(os.Getenv("AWS_ENDPOINT_URL"))
	if err != nil {
		log.Fatal(err)
	}
	settings, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(server{endpoint}))
	if err != nil {
		log.Fatal(err)
	}
	credentials, err := settings.Credentials.Retrieve(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(credentials.AccessKeyID)
}

// Gets all requests. The SDK does not use AWS_ENDPOINT_URL for those of its credentials providers.
type server struct{ endpoint *url.URL }

func (server server) Do(request *http.Request) (*http.Response, error) {
	// The signature contains the host.
	request.Host = request.URL.Host
	request.URL.Scheme, request.URL.Host = server.endpoint.Scheme, server.endpoint.Host
	return http.DefaultClient.Do(request)
}

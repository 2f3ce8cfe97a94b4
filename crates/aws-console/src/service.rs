//! Services of the console, by the names on the command line. Source: the URLs of the console in the
//! documents of AWS.

/// Service in the AWS console.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Service {
    /// Name on the command line.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Name of AWS, or of the page.
    pub title: &'static str,
    /// Path of its page, without a leading slash. It may have a fragment.
    pub path: &'static str,
    /// Scope of the page.
    pub scope: Scope,
}

/// Scope of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The page shows one Region.
    Regional,
    /// The page is the same in all Regions.
    Global,
}

impl Service {
    /// Returns all services, sorted by name.
    #[must_use]
    pub fn all() -> &'static [Self] {
        SERVICES
    }

    /// Returns the service with this name or alias, ignoring case.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let is_named = |service: &&Self| service.names().any(|it| it.eq_ignore_ascii_case(name));
        SERVICES.iter().find(is_named)
    }

    /// Returns the name and the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

const fn regional(
    name: &'static str,
    aliases: &'static [&'static str],
    title: &'static str,
    path: &'static str,
) -> Service {
    Service {
        name,
        aliases,
        title,
        path,
        scope: Scope::Regional,
    }
}

const fn global(
    name: &'static str,
    aliases: &'static [&'static str],
    title: &'static str,
    path: &'static str,
) -> Service {
    Service {
        scope: Scope::Global,
        ..regional(name, aliases, title, path)
    }
}

#[rustfmt::skip]
const SERVICES: &[Service] = &[
    regional("accessanalyzer", &["access-analyzer"], "IAM Access Analyzer", "access-analyzer/home"),
    regional("acm", &["certificatemanager"], "AWS Certificate Manager", "acm/home"),
    regional("amplify", &[], "AWS Amplify", "amplify/home"),
    regional("apigateway", &["apigw", "api-gateway"], "Amazon API Gateway", "apigateway/home"),
    regional("appconfig", &[], "AWS AppConfig", "systems-manager/appconfig"),
    regional("apprunner", &[], "AWS App Runner", "apprunner/home"),
    regional("appsync", &[], "AWS AppSync", "appsync/home"),
    global("artifact", &[], "AWS Artifact", "artifact/home"),
    regional("athena", &[], "Amazon Athena", "athena/home"),
    regional("auditmanager", &["audit-manager"], "AWS Audit Manager", "auditmanager/home"),
    regional("autoscaling", &["asg"], "Auto Scaling groups of Amazon EC2", "ec2/home#AutoScalingGroups:"),
    regional("backup", &[], "AWS Backup", "backup/home"),
    regional("batch", &[], "AWS Batch", "batch/home"),
    regional("bedrock", &[], "Amazon Bedrock", "bedrock/home"),
    global("billing", &["bills"], "AWS Billing and Cost Management", "costmanagement/home"),
    global("budgets", &[], "AWS Budgets", "costmanagement/home#/budgets"),
    regional("cloud9", &["c9"], "AWS Cloud9", "cloud9/home"),
    regional("cloudformation", &["cfn", "stacks"], "AWS CloudFormation", "cloudformation/home"),
    global("cloudfront", &["cf"], "Amazon CloudFront", "cloudfront/v4/home"),
    regional("cloudmap", &[], "AWS Cloud Map", "cloudmap/home"),
    regional("cloudshell", &[], "AWS CloudShell", "cloudshell/home"),
    regional("cloudtrail", &["ct", "trail"], "AWS CloudTrail", "cloudtrailv2/home"),
    regional("cloudwatch", &["cw"], "Amazon CloudWatch", "cloudwatch/home"),
    regional("codeartifact", &[], "AWS CodeArtifact", "codesuite/codeartifact/home"),
    regional("codebuild", &[], "AWS CodeBuild", "codesuite/codebuild/home"),
    regional("codecommit", &[], "AWS CodeCommit", "codesuite/codecommit/home"),
    regional("codedeploy", &[], "AWS CodeDeploy", "codesuite/codedeploy/home"),
    regional("codepipeline", &[], "AWS CodePipeline", "codesuite/codepipeline/home"),
    regional("cognito", &[], "Amazon Cognito", "cognito/v2/home"),
    regional("computeoptimizer", &["compute-optimizer"], "AWS Compute Optimizer", "compute-optimizer/home"),
    regional("config", &[], "AWS Config", "config/home"),
    regional("connect", &[], "Amazon Connect", "connect/home"),
    regional("controltower", &["control-tower"], "AWS Control Tower", "controltower/home"),
    global("costexplorer", &["ce", "cost-explorer"], "AWS Cost Explorer", "costmanagement/home#/cost-explorer"),
    regional("datasync", &[], "AWS DataSync", "datasync/home"),
    regional("detective", &[], "Amazon Detective", "detective/home"),
    regional("directconnect", &["dx"], "AWS Direct Connect", "directconnect/v2/home"),
    regional("directoryservice", &["ds"], "AWS Directory Service", "directoryservicev2/home"),
    regional("dms", &[], "AWS Database Migration Service", "dms/v2/home"),
    regional("docdb", &["documentdb"], "Amazon DocumentDB", "docdb/home"),
    regional("dynamodb", &["ddb"], "Amazon DynamoDB", "dynamodbv2/home"),
    regional("ebs", &["volumes"], "Volumes of Amazon EBS", "ec2/home#Volumes:"),
    regional("ec2", &["instances"], "Amazon EC2", "ec2/home"),
    regional("ecr", &[], "Amazon ECR", "ecr/home"),
    regional("ecs", &[], "Amazon ECS", "ecs/v2/home"),
    regional("efs", &[], "Amazon EFS", "efs/home"),
    regional("eks", &[], "Amazon EKS", "eks/home"),
    regional("elasticache", &["redis"], "Amazon ElastiCache", "elasticache/home"),
    regional("elasticbeanstalk", &["eb", "beanstalk"], "AWS Elastic Beanstalk", "elasticbeanstalk/home"),
    regional("elb", &["alb", "nlb", "loadbalancers"], "Load balancers", "ec2/home#LoadBalancers:"),
    regional("emr", &[], "Amazon EMR", "emr/home"),
    regional("eventbridge", &["events"], "Amazon EventBridge", "events/home"),
    regional("firehose", &[], "Amazon Data Firehose", "firehose/home"),
    regional("fsx", &[], "Amazon FSx", "fsx/home"),
    regional("glue", &[], "AWS Glue", "glue/home"),
    regional("grafana", &[], "Amazon Managed Grafana", "grafana/home"),
    regional("guardduty", &["gd"], "Amazon GuardDuty", "guardduty/home"),
    global("health", &["phd"], "AWS Health Dashboard", "health/home"),
    global("iam", &[], "AWS Identity and Access Management", "iam/home"),
    regional("imagebuilder", &["image-builder"], "EC2 Image Builder", "imagebuilder/home"),
    regional("inspector", &[], "Amazon Inspector", "inspector/v2/home"),
    regional("iot", &[], "AWS IoT Core", "iot/home"),
    regional("kinesis", &[], "Amazon Kinesis Data Streams", "kinesis/home"),
    regional("kms", &[], "AWS Key Management Service", "kms/home"),
    regional("lakeformation", &["lake-formation"], "AWS Lake Formation", "lakeformation/home"),
    regional("lambda", &["functions"], "AWS Lambda", "lambda/home"),
    regional("logs", &["cwlogs", "log-groups"], "Log groups of Amazon CloudWatch", "cloudwatch/home#logsV2:log-groups"),
    regional("macie", &[], "Amazon Macie", "macie/home"),
    regional("msk", &["kafka"], "Amazon MSK", "msk/home"),
    regional("mwaa", &["airflow"], "Amazon MWAA", "mwaa/home"),
    regional("neptune", &[], "Amazon Neptune", "neptune/home"),
    global("networkmanager", &["network-manager"], "AWS Network Manager", "networkmanager/home"),
    regional("opensearch", &["aos", "elasticsearch"], "Amazon OpenSearch Service", "aos/home"),
    global("organizations", &["org", "orgs"], "AWS Organizations", "organizations/v2/home"),
    regional("parameterstore", &["parameters", "param", "parameter-store"], "Parameter Store", "systems-manager/parameters"),
    regional("quotas", &["servicequotas", "service-quotas"], "Service Quotas", "servicequotas/home"),
    regional("ram", &[], "AWS Resource Access Manager", "ram/home"),
    regional("rds", &["databases"], "Amazon RDS and Amazon Aurora", "rds/home"),
    regional("redshift", &[], "Amazon Redshift", "redshiftv2/home"),
    regional("resourcegroups", &["tags", "resource-groups"], "Resource Groups and Tag Editor", "resource-groups/home"),
    global("route53", &["r53", "dns"], "Amazon Route 53", "route53/v2/home"),
    regional("s3", &["buckets"], "Amazon S3", "s3/buckets"),
    regional("sagemaker", &[], "Amazon SageMaker AI", "sagemaker/home"),
    global("savingsplans", &["savings-plans"], "Savings Plans", "costmanagement/home#/savings-plans/overview"),
    regional("scheduler", &[], "Amazon EventBridge Scheduler", "scheduler/home"),
    regional("secretsmanager", &["secrets", "sm", "secrets-manager"], "AWS Secrets Manager", "secretsmanager/home"),
    regional("securityhub", &["security-hub"], "AWS Security Hub", "securityhub/home"),
    regional("servicecatalog", &["sc", "service-catalog"], "AWS Service Catalog", "servicecatalog/home"),
    regional("ses", &[], "Amazon SES", "ses/home"),
    regional("sessionmanager", &["session-manager"], "Session Manager", "systems-manager/session-manager"),
    regional("sns", &[], "Amazon SNS", "sns/v3/home"),
    regional("sqs", &[], "Amazon SQS", "sqs/v3/home"),
    regional("ssm", &["systemsmanager", "systems-manager"], "AWS Systems Manager", "systems-manager/home"),
    regional("sso", &["identitycenter", "identity-center"], "IAM Identity Center", "singlesignon/home"),
    regional("stepfunctions", &["sfn", "states", "step-functions"], "AWS Step Functions", "states/home"),
    regional("storagegateway", &["storage-gateway"], "AWS Storage Gateway", "storagegateway/home"),
    global("support", &[], "AWS Support", "support/home"),
    regional("transfer", &["sftp"], "AWS Transfer Family", "transfer/home"),
    global("trustedadvisor", &["ta", "trusted-advisor"], "AWS Trusted Advisor", "trustedadvisor/home"),
    regional("vpc", &["subnets"], "Amazon VPC", "vpcconsole/home"),
    regional("waf", &["wafv2"], "AWS WAF", "wafv2/homev2"),
    regional("wellarchitected", &["well-architected"], "AWS Well-Architected Tool", "wellarchitected/home"),
    regional("workspaces", &[], "Amazon WorkSpaces", "workspaces/v2/home"),
    regional("xray", &["x-ray"], "AWS X-Ray", "xray/home"),
];

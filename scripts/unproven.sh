#!/usr/bin/env bash
# Tries what docs/unproven.md lists, in a sandbox account, and removes everything again: scripts/unproven.sh [all | NUMBER ...]
set -euo pipefail

NAME="unproven-$$"
WORK="$(mktemp -d)"
STACKS=()
BUCKETS=()
LOGS=()
RESULTS=()

list() {
  sed -n 's/^claim_\([0-9]*\)() { # \(.*\)$/  \1  \2/p' "$0"
}

say() { printf '%s\n' "$*" >&2; }

clean_up() {
  set +e
  for stack in "${STACKS[@]}"; do
    aws cloudformation delete-stack --stack-name "$stack"
    aws cloudformation wait stack-delete-complete --stack-name "$stack" || say "Stack $stack is still there: delete it."
  done
  for bucket in "${BUCKETS[@]}"; do
    aws s3api delete-objects --bucket "$bucket" --delete "$(aws s3api list-object-versions --bucket "$bucket" \
      --query '{Objects: Versions[].{Key: Key, VersionId: VersionId}}' --output json)" >/dev/null 2>&1
    aws s3api delete-bucket --bucket "$bucket" 2>/dev/null
  done
  for log in "${LOGS[@]}"; do aws logs delete-log-group --log-group-name "$log" 2>/dev/null; done
  rm -rf "$WORK"
  printf '%s\n' "${RESULTS[@]}"
}

holds() { RESULTS+=("claim $1 holds"); }
fails() { RESULTS+=("claim $1 DOES NOT HOLD: $2"); }

# A stack from the template on stdin: make STACK [parameter overrides].
make() {
  local stack="$1"
  shift
  cat >"$WORK/$stack.yml"
  STACKS+=("$stack")
  aws cloudformation deploy --stack-name "$stack" --template-file "$WORK/$stack.yml" \
    --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset "$@" >&2
}

output() {
  aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue" --output text
}

# Executes a change set that creates a stack, and notes whether that came off: executes CLAIM STACK CHANGE_SET.
executes() {
  if aws cloudformation wait change-set-create-complete --stack-name "$2" --change-set-name "$3" &&
    aws cloudformation execute-change-set --stack-name "$2" --change-set-name "$3" &&
    aws cloudformation wait stack-create-complete --stack-name "$2"; then
    holds "$1"
  else
    fails "$1" "$(aws cloudformation describe-change-set --stack-name "$2" --change-set-name "$3" \
      --query StatusReason --output text)"
  fi
}

claim_1() { # aws:PrincipalArn on a bus is the role of the forwarding rule
  make "$NAME-1" <<'YAML'
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: !Sub '${AWS::StackName}'}}
  Forwarder:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: put
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: 'events:PutEvents', Resource: !GetAtt Bus.Arn}]
  Only:
    Type: AWS::Events::EventBusPolicy
    Properties:
      EventBusName: !Ref Bus
      StatementId: only
      Statement:
        Effect: Deny
        Principal: '*'
        Action: events:PutEvents
        Resource: !GetAtt Bus.Arn
        Condition: {ArnNotEquals: {'aws:PrincipalArn': !GetAtt Forwarder.Arn}}
  Forward:
    Type: AWS::Events::Rule
    DependsOn: Only
    Properties:
      EventPattern: {source: [unproven]}
      Targets: [{Id: bus, Arn: !GetAtt Bus.Arn, RoleArn: !GetAtt Forwarder.Arn}]
  Queue: {Type: AWS::SQS::Queue}
  Receive:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [unproven]}
      Targets: [{Id: queue, Arn: !GetAtt Queue.Arn}]
  Let:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: 'sqs:SendMessage', Resource: !GetAtt Queue.Arn}
Outputs:
  Queue: {Value: !Ref Queue}
YAML
  sleep 60
  aws events put-events --entries '[{"Source": "unproven", "DetailType": "try", "Detail": "{}"}]' >/dev/null
  local queue found
  queue="$(output "$NAME-1" Queue)"
  found="$(aws sqs receive-message --queue-url "$queue" --wait-time-seconds 20 --query 'length(Messages[])')"
  if [ "$found" = 1 ]; then holds 1; else fails 1 'the event did not arrive'; fi
}

claim_7() { # a CREATE change set with nothing but conditioned-out resources can be executed
  cat >"$WORK/empty.yml" <<'YAML'
Parameters: {Wanted: {Type: String, Default: 'no'}}
Conditions: {IsWanted: !Equals [!Ref Wanted, 'yes']}
Resources:
  Topic: {Type: AWS::SNS::Topic, Condition: IsWanted}
YAML
  STACKS+=("$NAME-7")
  aws cloudformation create-change-set --stack-name "$NAME-7" --change-set-name first --change-set-type CREATE \
    --template-body "file://$WORK/empty.yml" >/dev/null
  executes 7 "$NAME-7" first
}

claim_9() { # CodeBuild writes to an existing log group without logs:CreateLogGroup
  make "$NAME-9" <<'YAML'
Resources:
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/aws/codebuild/${AWS::StackName}', RetentionInDays: 1}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: log
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents']
                Resource: !Sub 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Log}:log-stream:*'
  Project:
    Type: AWS::CodeBuild::Project
    Properties:
      Name: !Ref AWS::StackName
      ServiceRole: !GetAtt Role.Arn
      Artifacts: {Type: NO_ARTIFACTS}
      Environment: {Type: LINUX_CONTAINER, ComputeType: BUILD_GENERAL1_SMALL, Image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0'}
      LogsConfig: {CloudWatchLogs: {Status: ENABLED, GroupName: !Ref Log}}
      Source: {Type: NO_SOURCE, BuildSpec: '{"version": "0.2", "phases": {"build": {"commands": ["true"]}}}'}
YAML
  local build status=IN_PROGRESS
  build="$(aws codebuild start-build --project-name "$NAME-9" --query build.id --output text)"
  while [ "$status" = IN_PROGRESS ]; do
    sleep 10
    status="$(aws codebuild batch-get-builds --ids "$build" --query 'builds[0].buildStatus' --output text)"
  done
  if [ "$status" = SUCCEEDED ]; then holds 9; else fails 9 "the build is $status"; fi
}

claim_11() { # a retained bucket and log group are imported when their stack is made again
  local account bucket
  account="$(aws sts get-caller-identity --query Account --output text)"
  bucket="$NAME-$account"
  BUCKETS+=("$bucket")
  LOGS+=("/unproven/$bucket")
  sed "s/NAME/$bucket/" >"$WORK/kept.yml" <<'YAML'
Resources:
  Bucket: {Type: AWS::S3::Bucket, DeletionPolicy: RetainExceptOnCreate, Properties: {BucketName: NAME}}
  Log: {Type: AWS::Logs::LogGroup, DeletionPolicy: RetainExceptOnCreate, Properties: {LogGroupName: /unproven/NAME}}
YAML
  make "$NAME-11" <"$WORK/kept.yml"
  aws cloudformation delete-stack --stack-name "$NAME-11"
  aws cloudformation wait stack-delete-complete --stack-name "$NAME-11"
  aws cloudformation create-change-set --stack-name "$NAME-11" --change-set-name again --change-set-type CREATE \
    --import-existing-resources --template-body "file://$WORK/kept.yml" >/dev/null
  executes 11 "$NAME-11" again
}

if [ $# -eq 0 ]; then
  list
  exit 0
fi
if [ "$1" = all ]; then mapfile -t wanted < <(list | awk '{print $1}'); else wanted=("$@"); fi
for number in "${wanted[@]}"; do
  declare -F "claim_$number" >/dev/null || { say "There is no script for claim $number. Known: $(list | awk '{print $1}' | xargs)"; exit 2; }
done
say "This makes and removes resources in account $(aws sts get-caller-identity --query Account --output text), region $(aws configure get region || echo "${AWS_REGION:-?}")."
read -r -p 'Is it a sandbox? Type yes: ' answer
[ "$answer" = yes ] || exit 1
trap clean_up EXIT
for number in "${wanted[@]}"; do "claim_$number" || fails "$number" 'a command failed, see above'; done

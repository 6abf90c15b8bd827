#!/usr/bin/env bash
# Tries what docs/unproven.md lists, in a sandbox account, and removes everything again: scripts/unproven.sh [all | NUMBER ...]
set -euo pipefail

NAME="unproven-$$"
WORK="$(mktemp -d)"
# What was made and found; in files, because each claim runs in a shell of its own, which a failed command ends.
touch "$WORK/stacks" "$WORK/buckets" "$WORK/logs" "$WORK/results"

list() {
  sed -n 's/^claim_\([0-9]*\)() { # \(.*\)$/  \1  \2/p' "$0"
}

say() { printf '%s\n' "$*" >&2; }

clean_up() {
  set +e
  while read -r stack; do
    aws cloudformation delete-stack --stack-name "$stack"
    aws cloudformation wait stack-delete-complete --stack-name "$stack" || say "Stack $stack is still there: delete it."
  done <"$WORK/stacks"
  while read -r bucket; do
    aws s3api delete-objects --bucket "$bucket" --delete "$(aws s3api list-object-versions --bucket "$bucket" \
      --query '{Objects: Versions[].{Key: Key, VersionId: VersionId}}' --output json)" >/dev/null 2>&1
    aws s3api delete-bucket --bucket "$bucket" 2>/dev/null
  done <"$WORK/buckets"
  while read -r log; do aws logs delete-log-group --log-group-name "$log" 2>/dev/null; done <"$WORK/logs"
  cat "$WORK/results"
  rm -rf "$WORK"
}

holds() { echo "claim $1 holds" >>"$WORK/results"; }
fails() { echo "claim $1 DOES NOT HOLD: $2" >>"$WORK/results"; }

# A stack from the template on stdin: make STACK [parameter overrides].
make() {
  local stack="$1"
  shift
  cat >"$WORK/$stack.yml"
  echo "$stack" >>"$WORK/stacks"
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
  echo "$NAME-7" >>"$WORK/stacks"
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
  echo "$bucket" >>"$WORK/buckets"
  echo "/unproven/$bucket" >>"$WORK/logs"
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

# Takes a role on from another one, by their ARNs: through FROM TO.
through() {
  local key secret token
  read -r key secret token < <(aws sts assume-role --role-arn "$1" --role-session-name unproven \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
  AWS_ACCESS_KEY_ID="$key" AWS_SECRET_ACCESS_KEY="$secret" AWS_SESSION_TOKEN="$token" \
    aws sts assume-role --role-arn "$2" --role-session-name unproven >/dev/null 2>&1
}

claim_19() { # aws:PrincipalArn in a trust policy is the role behind a session, and no other role's
  make "$NAME-19" <<'YAML'
Resources:
  Named:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: take
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Resource: '*'}]
  Other:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: take
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Resource: '*'}]
  Decides:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {AWS: !Ref AWS::AccountId}
            Action: sts:AssumeRole
            Condition: {ArnEquals: {'aws:PrincipalArn': !GetAtt Named.Arn}}
Outputs:
  Named: {Value: !GetAtt Named.Arn}
  Other: {Value: !GetAtt Other.Arn}
  Decides: {Value: !GetAtt Decides.Arn}
YAML
  # A new role can be assumed only after some seconds.
  sleep 30
  local decides
  decides="$(output "$NAME-19" Decides)"
  if ! through "$(output "$NAME-19" Named)" "$decides"; then
    fails 19 'the role that is named is refused'
  elif through "$(output "$NAME-19" Other)" "$decides"; then
    fails 19 'another role is let in'
  else
    holds 19
  fi
}

# A role whose trust policy has as many characters, without blanks: trusts CHARACTERS.
trusts() {
  local account start end
  account="$(aws sts get-caller-identity --query Account --output text)"
  start='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"'"$account"'"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalTag/x":"'
  end='"}}}]}'
  aws iam create-role --role-name "$NAME-20" --assume-role-policy-document \
    "$start$(head -c $(($1 - ${#start} - ${#end})) /dev/zero | tr '\0' x)$end" >/dev/null 2>"$WORK/refused" || return 1
  aws iam delete-role --role-name "$NAME-20"
}

claim_20() { # a trust policy of 2,048 characters is taken, one of 2,049 is not
  if ! trusts 2048; then
    fails 20 "$(cat "$WORK/refused")"
  elif trusts 2049; then
    fails 20 '2,049 characters are taken (has this account a higher quota?)'
  else
    holds 20
  fi
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
for number in "${wanted[@]}"; do
  # Not as a condition, which would switch errexit off.
  set +e
  (set -e; "claim_$number")
  status=$?
  set -e
  [ "$status" -eq 0 ] || echo "claim $number was not tried to its end: a command failed, see above" >>"$WORK/results"
done

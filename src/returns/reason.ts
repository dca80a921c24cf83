// Why a relay said no, or not now, in one word.

export type Reason =
  | 'sender-quota' | 'sender-not-allowed' | 'sender-authentication' | 'sender-reputation'
  | 'user-unknown' | 'host-unknown' | 'moved' | 'mailbox-full' | 'mailbox-inactive' | 'bad-address'
  | 'too-big' | 'spam' | 'policy' | 'greylisted' | 'host-unreachable' | 'relay' | 'other'; // biome-ignore format: groups

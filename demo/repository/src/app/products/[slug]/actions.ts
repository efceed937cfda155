'use server';

import { reviewForm } from '@/lib/forms';
import { serverClient } from '@/lib/supabase/server';

export async function addToCart(productId: string) {
  const supabase = await serverClient();
  const { data: claims } = await supabase.auth.getClaims();
  if (!claims) throw new Error('sign in first');

  const { data: open } = await supabase.from('carts').select('id').maybeSingle();
  const cart = open ?? (await supabase.from('carts').insert({}).select('id').single()).data;
  if (!cart) throw new Error('no cart');
  await supabase.from('cart_items').insert({ cart_id: cart.id, product_id: productId, quantity: 1 });
}

export async function writeReview(form: FormData) {
  const supabase = await serverClient();
  const { data: claims } = await supabase.auth.getClaims();
  if (!claims) throw new Error('sign in first');

  const review = reviewForm.parse({ ...Object.fromEntries(form), rating: Number(form.get('rating')) });
  await supabase.from('reviews').insert({ product_id: review.product_id, rating: review.rating, body: review.body });
}
